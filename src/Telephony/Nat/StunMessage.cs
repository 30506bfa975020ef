using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Telephony.Nat;

/// <summary>Bytes of STUN (RFC 8489): the binding request, and the address in its response.</summary>
internal static class StunMessage
{
    /// <summary>Port of STUN where none is named.</summary>
    public const int DefaultPort = 3478;

    /// <summary>Bytes of a message without attributes.</summary>
    public const int HeaderBytes = 20;

    /// <summary>Bytes of the number that joins a response to its request.</summary>
    public const int TransactionIdBytes = 12;

    private const uint MagicCookie = 0x2112A442;
    private const ushort BindingRequest = 0x0001;
    private const ushort BindingResponse = 0x0101;
    private const ushort MappedAddress = 0x0001;
    private const ushort XorMappedAddress = 0x0020;
    private const int AttributeHeaderBytes = 4;
    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    /// <summary>A binding request without attributes.</summary>
    /// <param name="transactionId">12 random bytes.</param>
    public static byte[] WriteRequest(ReadOnlySpan<byte> transactionId)
    {
        var message = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt16BigEndian(message, BindingRequest);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), MagicCookie);
        transactionId.CopyTo(message.AsSpan(8));
        return message;
    }

    /// <summary>Reads where the server saw us; false for anything that is not a whole answer to that request. Never throws.</summary>
    public static bool TryReadResponse(ReadOnlySpan<byte> message, ReadOnlySpan<byte> transactionId, [NotNullWhen(true)] out IPEndPoint? mapped)
    {
        mapped = null;
        if (message.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt16BigEndian(message) != BindingResponse
            || BinaryPrimitives.ReadUInt16BigEndian(message[2..]) != message.Length - HeaderBytes
            || BinaryPrimitives.ReadUInt32BigEndian(message[4..]) != MagicCookie
            || !message.Slice(8, TransactionIdBytes).SequenceEqual(transactionId))
            return false;
        // XOR-MAPPED-ADDRESS counts, as some NATs rewrite what looks like an address; MAPPED-ADDRESS is all that old servers send.
        mapped = Find(message, XorMappedAddress) ?? Find(message, MappedAddress);
        return mapped is not null;
    }

    private static IPEndPoint? Find(ReadOnlySpan<byte> message, ushort wanted)
    {
        for (var rest = message[HeaderBytes..]; rest.Length >= AttributeHeaderBytes;)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length > rest.Length - AttributeHeaderBytes)
                return null;
            if (type == wanted)
                return ReadAddress(rest.Slice(AttributeHeaderBytes, length), message.Slice(4, 4 + TransactionIdBytes), isXored: wanted == XorMappedAddress);
            rest = rest[Math.Min(rest.Length, AttributeHeaderBytes + ((length + 3) & ~3))..];
        }
        return null;
    }

    /// <param name="value">Zero, family, port, address.</param>
    /// <param name="mask">Magic cookie and transaction id.</param>
    /// <param name="isXored">Whether port and address are masked.</param>
    private static IPEndPoint? ReadAddress(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, bool isXored)
    {
        if (value.Length < 4 || (value[1], value.Length) is not ((FamilyIPv4, 8) or (FamilyIPv6, 20)))
            return null;
        Span<byte> address = stackalloc byte[value.Length - 4];
        value[4..].CopyTo(address);
        int port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        if (isXored)
        {
            port ^= BinaryPrimitives.ReadUInt16BigEndian(mask);
            for (var i = 0; i < address.Length; i++)
                address[i] ^= mask[i];
        }
        return new IPEndPoint(new IPAddress(address), port);
    }
}
