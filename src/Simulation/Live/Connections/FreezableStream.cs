using System.Buffers;

namespace Simulation.Live.Connections;

/// <summary>The server's end of a connection's bytes, which can stand still as the end of a half-open connection does: the socket stays, nothing moves.</summary>
/// <remarks>A peer that closes its own end is noticed while frozen too, up to 16 MB behind: as the kernel of a stalled process would tell.</remarks>
internal sealed class FreezableStream(Stream inner) : Stream
{
    private const int MaxHeldBytes = 16 << 20;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _thaw;
    private bool _isBroken;

    // The reader's: what arrived while frozen, and the read that is under way for it.
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly byte[] _scratch = new byte[4_096];
    private Task<int>? _ahead;
    private int _taken;

    /// <summary>Whether neither reads nor writes move.</summary>
    public bool IsFrozen => Thawing is not null;

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
    public void Thaw() => Release(thaw => thaw.TrySetResult());

    /// <summary>Ends a freeze for good: what was held back fails.</summary>
    public void Break()
    {
        lock (_gate)
            _isBroken = true;
        Release(static thaw => thaw.TrySetException(new IOException("The connection was reset.")));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead is null && _held.WrittenCount == 0)
        {
            var count = await ReadInnerAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (!IsFrozen)
                return count;
            _held.Write(buffer.Span[..count]);
        }
        await HoldWhileFrozenAsync(cancellationToken).ConfigureAwait(false);
        if (_held.WrittenCount == 0 && _ahead is not null)
            await HoldAheadAsync().ConfigureAwait(false);
        return TakeHeld(buffer.Span);
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

    // Goes on reading while frozen, up to a limit: an end of the connection stands behind whatever the peer has sent before.
    private async Task HoldWhileFrozenAsync(CancellationToken cancellationToken)
    {
        while (Thawing is { } thaw && _held.WrittenCount < MaxHeldBytes)
        {
            _ahead ??= ReadInnerAsync(_scratch, cancellationToken).AsTask();
            await Task.WhenAny(_ahead, thaw).ConfigureAwait(false);
            if (_ahead.IsCompleted)
                await HoldAheadAsync().ConfigureAwait(false);
        }
        if (Thawing is { } full)
            await full.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task HoldAheadAsync()
    {
        var ahead = _ahead!;
        _ahead = null;
        _held.Write(_scratch.AsSpan(0, await ahead.ConfigureAwait(false)));
    }

    private int TakeHeld(Span<byte> buffer)
    {
        var rest = _held.WrittenSpan[_taken..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _taken += count;
        if (_taken < _held.WrittenCount)
            return count;
        _held.ResetWrittenCount();
        _taken = 0;
        return count;
    }

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = 0;
        try
        {
            return count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (count == 0 && buffer.Length > 0 && !cancellationToken.IsCancellationRequested)
                Break();
        }
    }

    private Task? Thawing
    {
        get
        {
            lock (_gate)
                return _thaw?.Task;
        }
    }

    private Task WhileFrozenAsync(CancellationToken cancellationToken) => Thawing?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    private void Release(Action<TaskCompletionSource> complete)
    {
        TaskCompletionSource? thaw;
        lock (_gate)
            (thaw, _thaw) = (_thaw, null);
        if (thaw is not null)
            ContextScheduler.WithoutContext(() => complete(thaw));
    }
}
