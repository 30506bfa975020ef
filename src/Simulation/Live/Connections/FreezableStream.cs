namespace Simulation.Live.Connections;

/// <summary>The server's end of a connection's bytes, which can stand still as the end of a half-open connection does: the socket stays, nothing moves.</summary>
/// <remarks>A peer that closes its own end is noticed while frozen too: as the kernel of a stalled process would tell.</remarks>
internal sealed class FreezableStream(Stream inner) : Stream
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _thaw;
    private bool _isBroken;

    /// <summary>Whether neither reads nor writes move.</summary>
    public bool IsFrozen
    {
        get
        {
            lock (_gate)
                return _thaw is not null;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on nothing that arrives is seen and nothing that is sent leaves.</summary>
    public void Freeze()
    {
        lock (_gate)
            _thaw ??= _isBroken ? null : new TaskCompletionSource();
    }

    /// <summary>Lets everything that was held back go on.</summary>
    public void Thaw() => Release()?.TrySetResult();

    /// <summary>Ends a freeze for good: what was held back fails.</summary>
    public void Break()
    {
        lock (_gate)
            _isBroken = true;
        Release()?.TrySetException(new IOException("The connection was reset."));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        try
        {
            count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (count == 0 && buffer.Length > 0 && !cancellationToken.IsCancellationRequested)
                Break();
        }
        await WhileFrozenAsync(cancellationToken).ConfigureAwait(false);
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await WhileFrozenAsync(cancellationToken).ConfigureAwait(false);
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Break();
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private Task WhileFrozenAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _thaw is null ? Task.CompletedTask : _thaw.Task.WaitAsync(cancellationToken);
    }

    private TaskCompletionSource? Release()
    {
        lock (_gate)
        {
            var thaw = _thaw;
            _thaw = null;
            return thaw;
        }
    }
}
