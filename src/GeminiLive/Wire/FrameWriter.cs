using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace GeminiLive.Wire;

/// <summary>Writes frames of a client: header, mask, masked payload (RFC 6455 section 5.2).</summary>
/// <remarks>One writer at a time; allocates only when built.</remarks>
internal sealed class FrameWriter
{
    public const int Continuation = 0x0;
    public const int Text = 0x1;
    public const int Binary = 0x2;
    public const int Close = 0x8;
    public const int Ping = 0x9;
    public const int Pong = 0xA;

    /// <summary>Largest payload of a control frame.</summary>
    public const int MaxControlBytes = 125;

    /// <summary>Most that a frame is longer than its payload.</summary>
    public const int MaxHeaderBytes = 14;

    private const int Final = 0x80;
    private const int Masked = 0x80;
    private const int MaskBytes = 4;

    // Keys must not be foreseen (section 10.3); drawn many at a time, since each draw is a system call.
    private readonly byte[] _keys = new byte[64 * MaskBytes];
    private int _used = 64 * MaskBytes;

    /// <summary>Writes a whole frame.</summary>
    /// <param name="frame">At least <see cref="MaxHeaderBytes"/> longer than the payload.</param>
    /// <param name="opcode">What it is.</param>
    /// <param name="payload">Its content.</param>
    /// <returns>Bytes of the frame.</returns>
    public int Write(Span<byte> frame, int opcode, ReadOnlySpan<byte> payload)
    {
        frame[0] = (byte)(Final | opcode);
        var length = 2;
        if (payload.Length <= MaxControlBytes)
        {
            frame[1] = (byte)(Masked | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
            length = 4;
        }
        else
        {
            frame[1] = Masked | 127;
            BinaryPrimitives.WriteUInt64BigEndian(frame[2..], (ulong)payload.Length);
            length = 10;
        }
        var key = NextKey();
        key.CopyTo(frame[length..]);
        Mask(payload, frame[(length + MaskBytes)..], key);
        return length + MaskBytes + payload.Length;
    }

    private ReadOnlySpan<byte> NextKey()
    {
        if (_used == _keys.Length)
        {
            RandomNumberGenerator.Fill(_keys);
            _used = 0;
        }
        _used += MaskBytes;
        return _keys.AsSpan(_used - MaskBytes, MaskBytes);
    }

    private static void Mask(ReadOnlySpan<byte> payload, Span<byte> masked, ReadOnlySpan<byte> key)
    {
        var pattern = Vector.AsVectorByte(new Vector<uint>(MemoryMarshal.Read<uint>(key)));
        var i = 0;
        for (; i <= payload.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(payload[i..]) ^ pattern).CopyTo(masked[i..]);
        for (; i < payload.Length; i++)
            masked[i] = (byte)(payload[i] ^ key[i % MaskBytes]);
    }
}
