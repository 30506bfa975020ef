using System.Buffers.Binary;

namespace VoiceAgent.Recordings;

/// <summary>A recording as a WAV file that can be read from any place: the caller on the left, the agent on the right.</summary>
/// <remarks>Decrypts what is read and keeps nothing of it. Owns its reader.</remarks>
internal sealed class RecordingStream : Stream
{
    private const int HeaderBytes = 44;

    private readonly RecordingReader _recording;
    private readonly byte[] _header;
    private long _position;

    public RecordingStream(RecordingReader recording)
    {
        _recording = recording;
        _header = Header(recording.RateHz, recording.Frames * RecordingReader.FrameBytes);
        Length = HeaderBytes + recording.Frames * RecordingReader.FrameBytes;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A block was damaged or tampered with.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || _position >= Length)
            return 0;
        var count = _position < HeaderBytes ? ReadHeader(buffer) : ReadSamples(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _recording.Dispose();
        base.Dispose(disposing);
    }

    private int ReadHeader(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, HeaderBytes - (int)_position);
        _header.AsSpan((int)_position, count).CopyTo(buffer);
        return count;
    }

    private int ReadSamples(Span<byte> buffer)
    {
        var (frame, offset) = Math.DivRem(_position - HeaderBytes, RecordingReader.FrameBytes);
        if (offset == 0 && buffer.Length >= RecordingReader.FrameBytes)
            return _recording.Read(frame, buffer);
        Span<byte> pair = stackalloc byte[RecordingReader.FrameBytes];
        _recording.Read(frame, pair);
        var count = Math.Min(buffer.Length, RecordingReader.FrameBytes - (int)offset);
        pair.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }

    private static byte[] Header(int rateHz, long dataBytes)
    {
        var header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(HeaderBytes - 8 + dataBytes));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);   // PCM
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), rateHz);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), rateHz * RecordingReader.FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), RecordingReader.FrameBytes);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)dataBytes);
        return header;
    }
}
