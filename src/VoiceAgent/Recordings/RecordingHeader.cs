using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Recordings;

/// <summary>The first bytes of a recording: what it is, whose it is, and its key, wrapped (docs/adr/0018-recordings.md).</summary>
/// <remarks>Big endian: "VARECORD", version (2 bytes), 2 zeros, sample rate (4), name of the master key (8), wrapped key (60), length of the call's key in the database (2), that.</remarks>
internal static class RecordingHeader
{
    /// <summary>Length, in bytes; what is not used is zero. Less than a sector of any disk: it is written at once or not at all.</summary>
    public const int Bytes = 256;

    private const ushort Version = 1;
    private const int RateAt = 12;
    private const int IdAt = 16;
    private const int WrappedAt = IdAt + RecordingKeys.IdBytes;
    private const int LengthAt = WrappedAt + RecordingKeys.WrappedBytes;
    private const int CallAt = LengthAt + 2;

    /// <summary>Makes the header of a new recording and its key.</summary>
    /// <exception cref="ArgumentException">The call's key is longer than 170 bytes.</exception>
    public static byte[] Create(string callKey, int rateHz, RecordingKeys keys, out RecordingCipher cipher)
    {
        var header = new byte[Bytes];
        "VARECORD"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(RateAt), rateHz);
        var length = Encoding.UTF8.GetBytes(callKey, header.AsSpan(CallAt));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(LengthAt), (ushort)length);
        Span<byte> key = stackalloc byte[RecordingKeys.KeyBytes];
        RandomNumberGenerator.Fill(key);
        Wrap(header, keys, key);
        cipher = new RecordingCipher(key, callKey);
        CryptographicOperations.ZeroMemory(key);
        return header;
    }

    /// <summary>Opens a recording.</summary>
    /// <param name="header">Its first bytes.</param>
    /// <param name="callKey">Whose recording it must be.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="rateHz">Samples a second of each side.</param>
    /// <param name="fault">Why it cannot be read, as a sentence; null when it can.</param>
    public static RecordingCipher? Open(ReadOnlySpan<byte> header, string callKey, RecordingKeys keys, out int rateHz, out string? fault)
    {
        rateHz = 0;
        if ((fault = Fault(header)) is not null)
            return null;
        rateHz = BinaryPrimitives.ReadInt32BigEndian(header[RateAt..]);
        if (CallKey(header) != callKey)
            fault = "It is the recording of another call.";
        else if (!TryUnwrap(header, keys, out var key))
            fault = "Its key cannot be opened: the master key that it lies under is neither Recordings:Key nor one of Recordings:OldKeys, or the file was tampered with.";
        else
            return new RecordingCipher(key, callKey);
        return null;
    }

    /// <summary>Wraps a recording's key under the present master key; false when it lies under none that is known.</summary>
    /// <param name="header">The header, which is changed.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="isChanged">False when it lay under that key before.</param>
    public static bool TryRewrap(Span<byte> header, RecordingKeys keys, out bool isChanged)
    {
        isChanged = false;
        if (Fault(header) is not null || !TryUnwrap(header, keys, out var key))
            return false;
        isChanged = !keys.IsPresent(header.Slice(IdAt, RecordingKeys.IdBytes));
        if (isChanged)
            Wrap(header, keys, key);
        CryptographicOperations.ZeroMemory(key);
        return true;
    }

    private static string? Fault(ReadOnlySpan<byte> header)
    {
        if (header.Length < Bytes || !header.StartsWith("VARECORD"u8) || BinaryPrimitives.ReadUInt16BigEndian(header[LengthAt..]) > Bytes - CallAt)
            return "It is no recording of this program, or its beginning was overwritten.";
        return BinaryPrimitives.ReadUInt16BigEndian(header[8..]) == Version ? null : "Another version of this program has written it.";
    }

    private static string CallKey(ReadOnlySpan<byte> header) => Encoding.UTF8.GetString(header.Slice(CallAt, BinaryPrimitives.ReadUInt16BigEndian(header[LengthAt..])));

    private static void Wrap(Span<byte> header, RecordingKeys keys, ReadOnlySpan<byte> key) =>
        keys.Wrap(key, Binding(header), header.Slice(IdAt, RecordingKeys.IdBytes), header.Slice(WrappedAt, RecordingKeys.WrappedBytes));

    private static bool TryUnwrap(ReadOnlySpan<byte> header, RecordingKeys keys, out byte[] key)
    {
        key = new byte[RecordingKeys.KeyBytes];
        return keys.TryUnwrap(header.Slice(IdAt, RecordingKeys.IdBytes), header.Slice(WrappedAt, RecordingKeys.WrappedBytes), Binding(header), key);
    }

    // All of the header but what wrapping changes.
    private static byte[] Binding(ReadOnlySpan<byte> header) => [.. header[..IdAt], .. header[LengthAt..Bytes]];
}
