using System.Threading.Channels;

namespace Simulation.Live;

/// <summary>Owner of one session's state: takes client messages, due times and commands one after the other.</summary>
/// <remarks>The mailbox is bounded: a client that sends faster than it is served waits in TCP.</remarks>
internal sealed class SessionLoop : IDisposable
{
    private const int MailboxCapacity = 256;

    private static readonly TimeSpan CloseHandshakeTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<Work> _mailbox = Channel.CreateBounded<Work>(new BoundedChannelOptions(MailboxCapacity) { SingleReader = true });
    private readonly LiveSocket _socket;
    private readonly SessionRecord _record;
    private readonly SessionContext _context;
    private readonly SessionState _session;
    private readonly ITimer _timer;
    private long _timerSetFor = long.MaxValue;
    private int _isTimeUp;

    public SessionLoop(LiveSocket socket, SessionRecord record, SessionState session, SessionContext context)
    {
        _socket = socket;
        _record = record;
        _context = context;
        _session = session;
        _timer = context.TimeProvider.CreateTimer(static loop => ((SessionLoop)loop!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Serves the session until one side ends it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var receiving = ReceiveAsync(cancellationToken);

        // A send that nobody reads, or that is frozen, would keep the loop for ever.
        using var stop = cancellationToken.Register(_socket.Abort);
        try
        {
            while (!_session.IsEnded && await _mailbox.Reader.WaitToReadAsync(cancellationToken))
            {
                while (!_session.IsEnded && _mailbox.Reader.TryRead(out var work))
                    await TakeAsync(work);
            }
        }
        catch (OperationCanceledException)
        {
            _session.Finish("server stopped");
            _socket.Abort();
        }
        finally
        {
            if (!_session.IsEnded)
            {
                _session.Finish("server failed");
                _socket.Abort();
            }
            Drain();
            await FinishReceivingAsync(receiving);
        }
    }

    /// <summary>Runs a command on the loop; false when the session is over.</summary>
    public async Task<bool> PostAsync(Func<ValueTask> command)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return await WriteAsync(new Work(Frame: null, Timestamp: 0, command, done)) && await done.Task;
    }

    public void Dispose() => _timer.Dispose();

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await _socket.ReceiveAsync(cancellationToken) is { } frame)
        {
            if (!await WriteAsync(new Work(frame, _context.Now, Command: null, Done: null)))
                frame.Return();
        }
        await WriteAsync(new Work(Frame: null, _context.Now, Command: null, Done: null));
    }

    private async Task<bool> WriteAsync(Work work)
    {
        while (await _mailbox.Writer.WaitToWriteAsync())
        {
            if (_mailbox.Writer.TryWrite(work))
                return true;
        }
        return false;
    }

    private void OnTimer()
    {
        Volatile.Write(ref _isTimeUp, 1);

        // When the mailbox is full the loop is awake and sees the flag after the next item.
        _mailbox.Writer.TryWrite(new Work(Frame: null, Timestamp: 0, static () => ValueTask.CompletedTask, Done: null));
    }

    private async ValueTask TakeAsync(Work work)
    {
        if (work.Frame is { } frame)
            await TakeFrameAsync(frame, work.Timestamp);
        else if (work.Command is null)
            await _session.OnClientGoneAsync();
        else
            await RunAsync(work.Command, work.Done);
        if (Interlocked.Exchange(ref _isTimeUp, 0) == 1)
            _timerSetFor = long.MaxValue;
        while (!_session.IsEnded && _session.NextDueAt <= _context.Now)
            await _session.OnTimeAsync();
        SetTimer();
    }

    // What a command throws is its sender's business, not the session's.
    private static async ValueTask RunAsync(Func<ValueTask> command, TaskCompletionSource<bool>? done)
    {
        try
        {
            await command();
            done?.TrySetResult(true);
        }
        catch (Exception exception) when (done is not null)
        {
            done.TrySetException(exception);
        }
    }

    private async ValueTask TakeFrameAsync(ClientFrame frame, long timestamp)
    {
        try
        {
            await _session.OnFrameAsync(frame, timestamp);
        }
        finally
        {
            frame.Return();
        }
    }

    // A deadline that moved away leaves the timer: it fires early, finds nothing due, and is set anew.
    private void SetTimer()
    {
        if (_session.IsEnded || _session.NextDueAt is not { } due || due >= _timerSetFor)
            return;
        _timerSetFor = due;
        var wait = _context.TimeProvider.GetElapsedTime(_context.Now, due);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Drain()
    {
        _mailbox.Writer.TryComplete();
        while (_mailbox.Reader.TryRead(out var work))
        {
            work.Frame?.Return();
            work.Done?.TrySetResult(false);
        }
    }

    private async Task FinishReceivingAsync(Task receiving)
    {
        if (await Task.WhenAny(receiving, Task.Delay(CloseHandshakeTimeout, _context.HandshakeClock)) != receiving)
            _socket.Abort();
        await receiving;
        _record.Add(SessionEventKind.Closed, _session.EndText);
    }

    private readonly record struct Work(ClientFrame? Frame, long Timestamp, Func<ValueTask>? Command, TaskCompletionSource<bool>? Done);
}
