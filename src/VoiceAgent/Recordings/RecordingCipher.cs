using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace VoiceAgent.Recordings;

/// <summary>Marks of a block.</summary>
[Flags]
internal enum BlockMarks
{
    /// <summary>Sound.</summary>
    None = 0,

    /// <summary>So many samples of silence, as a number.</summary>
    Silence = 1,

    /// <summary>The recording's last.</summary>
    Final = 2,
}

/// <summary>Encrypts and decrypts the blocks of one recording: AES-256-GCM under the recording's own key.</summary>
/// <remarks>
/// A block is a word (marks in the upper byte, length of what follows without the tag), the ciphertext and the tag. Its number is the nonce, which never comes twice under one key; call, number and
/// marks are authenticated with it, so that no block can be swapped, left out, put into another recording or taken for its end. One thread at a time.
/// </remarks>
internal sealed class RecordingCipher : IDisposable
{
    /// <summary>Length of the word before each block, in bytes.</summary>
    public const int WordBytes = 4;

    /// <summary>Length of the tag behind each block, in bytes.</summary>
    public const int TagBytes = 16;

    /// <summary>Largest block, in bytes of plaintext; a larger one is a damaged word.</summary>
    public const int MaxBytes = 64 * 1024;

    private readonly AesGcm _aes;
    private readonly byte[] _bound;
    private readonly byte[] _nonce = new byte[12];
    private readonly int _numberAt;

    public RecordingCipher(ReadOnlySpan<byte> key, string callKey)
    {
        _aes = new AesGcm(key, TagBytes);
        _numberAt = Encoding.UTF8.GetByteCount(callKey);
        _bound = [.. Encoding.UTF8.GetBytes(callKey), .. new byte[sizeof(long) + 1]];
    }

    /// <summary>Length of a block as it stands in the file, in bytes.</summary>
    /// <param name="plainBytes">Length of what is in it.</param>
    public static int BlockBytes(int plainBytes) => WordBytes + plainBytes + TagBytes;

    /// <summary>Makes a block as it stands in the file.</summary>
    /// <param name="number">Its place in the file.</param>
    /// <param name="marks">What it is.</param>
    /// <param name="plain">What is in it.</param>
    /// <param name="block">Takes it: <see cref="BlockBytes"/>.</param>
    public void Seal(long number, BlockMarks marks, ReadOnlySpan<byte> plain, Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32BigEndian(block, (uint)marks << 24 | (uint)plain.Length);
        Bind(number, marks);
        _aes.Encrypt(_nonce, plain, block.Slice(WordBytes, plain.Length), block.Slice(WordBytes + plain.Length, TagBytes), _bound);
    }

    /// <summary>Reads what stands before a block.</summary>
    public static (BlockMarks Marks, int Length) ReadWord(ReadOnlySpan<byte> word)
    {
        var value = BinaryPrimitives.ReadUInt32BigEndian(word);
        return ((BlockMarks)(value >> 24), (int)(value & 0xFFFFFF));
    }

    /// <summary>Decrypts a block; false when it is not what was sealed under this number.</summary>
    /// <param name="number">Its place in the file.</param>
    /// <param name="marks">See <see cref="ReadWord"/>.</param>
    /// <param name="body">Ciphertext and tag.</param>
    /// <param name="plain">Takes the plaintext, and is as long.</param>
    public bool TryOpen(long number, BlockMarks marks, ReadOnlySpan<byte> body, Span<byte> plain)
    {
        Bind(number, marks);
        try
        {
            _aes.Decrypt(_nonce, body[..^TagBytes], body[^TagBytes..], plain, _bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();

    private void Bind(long number, BlockMarks marks)
    {
        BinaryPrimitives.WriteInt64BigEndian(_nonce.AsSpan(4), number);
        BinaryPrimitives.WriteInt64BigEndian(_bound.AsSpan(_numberAt), number);
        _bound[^1] = (byte)marks;
    }
}
