namespace Tools.Mcp;

/// <summary>A stream of messages of which none may be larger than a limit; the first that is breaks it.</summary>
/// <remarks>One reader. It does not own the inner stream's memory: nothing is buffered here.</remarks>
internal sealed class LimitedStream(Stream inner, LimitedStream.Ending ending, int maxBytes = LimitedStream.MaxMessageBytes) : Stream
{
    /// <summary>Largest message, in bytes.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    private int _bytes;
    private bool _isLineEmpty = true;

    /// <summary>How a message ends.</summary>
    internal enum Ending
    {
        /// <summary>With the stream.</summary>
        Stream,

        /// <summary>With its line.</summary>
        Line,

        /// <summary>With an empty line (server-sent events).</summary>
        EmptyLine,
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Count(buffer[..count]);
        return count;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> read)
    {
        if (ending == Ending.Stream)
            Add(read.Length);
        while (ending != Ending.Stream && !read.IsEmpty)
        {
            var line = read.IndexOf((byte)'\n');
            var taken = line < 0 ? read : read[..line];
            _isLineEmpty &= taken.IsEmpty || taken.SequenceEqual("\r"u8);
            Add(taken.Length);
            if (line < 0)
                return;
            if (ending == Ending.Line || _isLineEmpty)
                _bytes = 0;
            _isLineEmpty = true;
            read = read[(line + 1)..];
        }
    }

    private void Add(int bytes)
    {
        _bytes += bytes;
        if (_bytes > maxBytes)
            throw new IOException($"A message of the server is larger than {maxBytes} bytes.");
    }
}
