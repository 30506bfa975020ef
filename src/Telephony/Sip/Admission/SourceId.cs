using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Telephony.Sip.Admission;

/// <summary>Who sends, as limits count it: an IPv4 address, or an IPv6 network of 64 bits, which one household or host has for itself.</summary>
/// <remarks>Streams and datagrams of an address are two sources: anybody can write its address into a datagram, nobody can open a connection with it.</remarks>
internal readonly record struct SourceId
{
    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public const int Size = 9;

    private readonly ulong _bits;
    private readonly bool _isIPv4;

    private SourceId(ulong bits, bool isIPv4, bool isStream)
    {
        _bits = bits;
        _isIPv4 = isIPv4;
        IsStream = isStream;
    }

    /// <summary>The source of an address; an IPv4 address written as an IPv6 one is the same source.</summary>
    public static SourceId Of(IPAddress address, bool isStream)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _))
            return default;
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return new(BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv4: true, isStream);
        return address.IsIPv4MappedToIPv6
            ? new(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), isIPv4: true, isStream)
            : new(BinaryPrimitives.ReadUInt64BigEndian(bytes), isIPv4: false, isStream);
    }

    /// <summary>Whether it is what comes over connections.</summary>
    public bool IsStream { get; }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <param name="bytes"><see cref="Size"/> bytes.</param>
    public static SourceId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes[1..]), (bytes[0] & 1) != 0, (bytes[0] & 2) != 0);

    /// <summary>Writes it down.</summary>
    /// <param name="bytes"><see cref="Size"/> bytes.</param>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)((_isIPv4 ? 1 : 0) | (IsStream ? 2 : 0));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], _bits);
    }

    /// <summary>The address or network.</summary>
    public override string ToString()
    {
        var bytes = new byte[_isIPv4 ? 4 : 16];
        if (_isIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_bits);
        else
            BinaryPrimitives.WriteUInt64BigEndian(bytes, _bits);
        return _isIPv4 ? $"{new IPAddress(bytes)}" : $"{new IPAddress(bytes)}/64";
    }
}
