using System.IO.Pipelines;

namespace Simulation.Live.Connections;

/// <summary>One end of a connection that exists in memory only: for whole calls on virtual time, without sockets.</summary>
/// <remarks>One reader and one writer at an end, as a WebSocket keeps it. A writer waits when 256 KB lie unread, as in a socket's buffers.</remarks>
internal sealed class MemoryConnection : Stream
{
    private const int BufferBytes = 256 << 10;

    private readonly PipeReader _input;
    private readonly PipeWriter _output;

    private MemoryConnection(PipeReader input, PipeWriter output) => (_input, _output) = (input, output);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Both ends of a new connection; each wakes the other through the synchronization context of whoever connects, so that a test that pumps one is alone.</summary>
    public static (MemoryConnection Client, MemoryConnection Server) CreatePair()
    {
        var scheduler = SynchronizationContext.Current is { } context ? new ContextScheduler(context) : PipeScheduler.ThreadPool;
        var options = new PipeOptions(
            readerScheduler: scheduler, writerScheduler: scheduler, pauseWriterThreshold: BufferBytes, resumeWriterThreshold: BufferBytes / 2, useSynchronizationContext: false);
        var (up, down) = (new Pipe(options), new Pipe(options));
        return (new MemoryConnection(down.Reader, up.Writer), new MemoryConnection(up.Reader, down.Writer));
    }

    /// <summary>Breaks the connection: the other end's reads fail instead of ending.</summary>
    public void Reset() => _output.Complete(new IOException("Connection reset by peer."));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCanceled)
            throw new IOException("The connection was closed.");
        var taken = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
        var position = 0;
        foreach (var segment in taken)
        {
            segment.CopyTo(buffer[position..]);
            position += segment.Length;
        }
        _input.AdvanceTo(taken.End);
        return position;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if ((await _output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false)).IsCompleted)
            throw new IOException("The peer has closed the connection.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Every write is flushed at once.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output.Complete();

            // A pipe that is completed does not wake its own pending read.
            _input.CancelPendingRead();
            _input.Complete();
        }
        base.Dispose(disposing);
    }
}
