using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace VoiceAgent.Recordings;

/// <summary>Reads a recording: finds its blocks once, decrypts those that are asked for; also while the call runs, as far as it has come.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class RecordingReader : IDisposable
{
    /// <summary>Bytes of a sample of both sides.</summary>
    public const int FrameBytes = 2 * sizeof(short);

    private readonly SafeFileHandle _file;
    private readonly RecordingCipher _cipher;
    private readonly List<Block> _blocks = [];
    private readonly byte[] _pcm = new byte[RecordingCipher.MaxBytes];
    private readonly byte[] _body = new byte[RecordingCipher.MaxBytes + RecordingCipher.TagBytes];
    private int _decrypted = -1;

    private RecordingReader(SafeFileHandle file, RecordingCipher cipher, int rateHz) => (_file, _cipher, RateHz) = (file, cipher, rateHz);

    /// <summary>Samples a second of each side.</summary>
    public int RateHz { get; }

    /// <summary>Samples of each side.</summary>
    public long Frames { get; private set; }

    /// <summary>Blocks that are there.</summary>
    public long Blocks => _blocks.Count;

    /// <summary>Whether its end is there: not of a call that runs, of one whose service was killed, or whose disk was full; nor where somebody has cut it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Opens a recording.</summary>
    /// <param name="path">The file.</param>
    /// <param name="callKey">Whose it must be: the call's key in the database.</param>
    /// <param name="keys">The master keys.</param>
    /// <param name="fault">Why it cannot be read, as a sentence; null when it can.</param>
    /// <exception cref="IOException">The disk does not give it.</exception>
    public static RecordingReader? Open(string path, string callKey, RecordingKeys keys, out string? fault)
    {
        if (!File.Exists(path))
        {
            fault = "It is not on this machine: it was deleted, or another service has made it.";
            return null;
        }
        var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[RecordingHeader.Bytes];
        var length = RandomAccess.Read(file, header, 0);
        if (RecordingHeader.Open(header.AsSpan(0, length), callKey, keys, out var rateHz, out fault) is not { } cipher)
        {
            file.Dispose();
            return null;
        }
        var reader = new RecordingReader(file, cipher, rateHz);
        fault = reader.Find();
        if (fault is null)
            return reader;
        reader.Dispose();
        return null;
    }

    /// <summary>Gives samples of both sides, in pairs.</summary>
    /// <param name="frame">The first one.</param>
    /// <param name="pcm">Takes them as they stand in a WAV file.</param>
    /// <returns>Bytes; 0 behind the end.</returns>
    /// <exception cref="InvalidDataException">The block was damaged or tampered with.</exception>
    public int Read(long frame, Span<byte> pcm)
    {
        var index = IndexOf(frame);
        if (index < 0)
            return 0;
        var block = _blocks[index];
        Decrypt(index);
        var from = (int)(frame - block.FirstFrame) * FrameBytes;
        var count = (int)Math.Min(pcm.Length / FrameBytes * FrameBytes, block.Frames * FrameBytes - from);
        if (block.Marks.HasFlag(BlockMarks.Silence))
            pcm[..count].Clear();
        else
            _pcm.AsSpan(from, count).CopyTo(pcm);
        return count;
    }

    /// <summary>Decrypts every block; false when one was damaged or tampered with.</summary>
    public bool Verify()
    {
        try
        {
            for (var index = 0; index < _blocks.Count; index++)
                Decrypt(index);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _cipher.Dispose();
    }

    // What stands behind the last whole block was being written when the service was killed.
    private string? Find()
    {
        const string Damaged = "It was damaged or tampered with.";
        var word = new byte[RecordingCipher.WordBytes];
        var length = RandomAccess.GetLength(_file);
        for (long at = RecordingHeader.Bytes; at + word.Length <= length && RandomAccess.Read(_file, word, at) == word.Length;)
        {
            var (marks, bytes) = RecordingCipher.ReadWord(word);
            if (IsComplete || marks > (BlockMarks.Silence | BlockMarks.Final) || bytes > RecordingCipher.MaxBytes || bytes % FrameBytes != 0)
                return Damaged;
            var end = at + word.Length + bytes + RecordingCipher.TagBytes;
            if (end > length)
                break;
            _blocks.Add(new Block(at + word.Length, bytes, marks, Frames, bytes / FrameBytes));
            if (marks.HasFlag(BlockMarks.Silence) && !TryMeasureSilence(_blocks.Count - 1))
                return Damaged;
            Frames += _blocks[^1].Frames;
            IsComplete = marks.HasFlag(BlockMarks.Final);
            at = end;
        }
        return null;
    }

    private bool TryMeasureSilence(int index)
    {
        var block = _blocks[index];
        if (block.Bytes != sizeof(int) || !TryDecrypt(index))
            return false;
        _blocks[index] = block with { Frames = BinaryPrimitives.ReadInt32LittleEndian(_pcm) };
        return _blocks[index].Frames >= 0;
    }

    private int IndexOf(long frame)
    {
        if (frame < 0 || frame >= Frames)
            return -1;
        var (low, high) = (0, _blocks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _blocks[middle].FirstFrame <= frame ? (middle, high) : (low, middle - 1);
        }
        return low;
    }

    private void Decrypt(int index)
    {
        if (!TryDecrypt(index))
            throw new InvalidDataException("A block of the recording was damaged or tampered with.");
    }

    private bool TryDecrypt(int index)
    {
        if (_decrypted == index)
            return true;
        _decrypted = -1;
        var block = _blocks[index];
        var body = _body.AsSpan(0, block.Bytes + RecordingCipher.TagBytes);
        if (RandomAccess.Read(_file, body, block.At) != body.Length || !_cipher.TryOpen(index, block.Marks, body, _pcm.AsSpan(0, block.Bytes)))
            return false;
        _decrypted = index;
        return true;
    }

    private readonly record struct Block(long At, int Bytes, BlockMarks Marks, long FirstFrame, long Frames);
}
