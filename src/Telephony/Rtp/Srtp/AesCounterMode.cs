using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Telephony.Rtp.Srtp;

/// <summary>AES in counter mode, which encrypts and decrypts alike: the heart of both kinds of suites.</summary>
/// <remarks>Owned by the media clock's thread. Allocates when built only: the counters of a whole packet go through one call of the cipher.</remarks>
internal sealed class AesCounterMode : IDisposable
{
    private const int BlockBytes = 16;

    private readonly Aes _aes = Aes.Create();
    private readonly ICryptoTransform _cipher;
    private readonly byte[] _counters;
    private readonly byte[] _keystream;

    /// <param name="key">16 or 32 bytes.</param>
    /// <param name="maxBytes">Longest text.</param>
    public AesCounterMode(byte[] key, int maxBytes)
    {
        (_aes.Mode, _aes.Padding, _aes.Key) = (CipherMode.ECB, PaddingMode.None, key);
        _cipher = _aes.CreateEncryptor();
        var blocks = (maxBytes + BlockBytes - 1) / BlockBytes;
        _counters = new byte[blocks * BlockBytes];
        _keystream = new byte[blocks * BlockBytes];
    }

    /// <summary>Encrypts or decrypts the text of one packet.</summary>
    /// <param name="input">At most as many bytes as the constructor was told.</param>
    /// <param name="output">As many; may be the input itself.</param>
    /// <param name="high">First half of the first counter block.</param>
    /// <param name="low">Second half, which counts on from block to block.</param>
    public void Process(ReadOnlySpan<byte> input, Span<byte> output, ulong high, ulong low)
    {
        var blocks = (input.Length + BlockBytes - 1) / BlockBytes;
        if (blocks == 0)
            return;
        for (var i = 0; i < blocks; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(i * BlockBytes), high);
            BinaryPrimitives.WriteUInt64BigEndian(_counters.AsSpan(i * BlockBytes + 8), low + (ulong)i);
        }
        _cipher.TransformBlock(_counters, 0, blocks * BlockBytes, _keystream, 0);
        Xor(input, _keystream, output);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cipher.Dispose();
        _aes.Dispose();
    }

    private static void Xor(ReadOnlySpan<byte> input, ReadOnlySpan<byte> keystream, Span<byte> output)
    {
        var i = 0;
        for (; i <= input.Length - BlockBytes; i += BlockBytes)
            (Vector128.Create(input[i..]) ^ Vector128.Create(keystream[i..])).CopyTo(output[i..]);
        for (; i < input.Length; i++)
            output[i] = (byte)(input[i] ^ keystream[i]);
    }
}
