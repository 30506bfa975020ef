using GeminiLive.Messages;

namespace GeminiLive;

/// <summary>Serves one connection from its setup to its end: the receive loop, the send loop beside it, and the change-over after <c>goAway</c>.</summary>
internal sealed class LivePump : IDisposable
{
    // Time for the server to answer our close frame; the next connection waits for it, since a session still open cannot be resumed.
    private static readonly TimeSpan ClosingLimit = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan CalmCheckInterval = TimeSpan.FromMilliseconds(100);

    private readonly LiveConnection _connection;
    private readonly LiveReceiver _receiver;
    private readonly LiveOpener _opener;
    private readonly CancellationToken _lifetime;
    private readonly LiveSender _sender;
    private readonly TimeSpan _goAwayMargin;
    private readonly ITimer _closing;
    private readonly ITimer _calm;
    private readonly TimeProvider _timeProvider;
    private long _goAwayAt;
    private TimeSpan? _untilDeadline;

    /// <summary>Loops that do not run yet.</summary>
    public LivePump(
        LiveConnection connection, LiveReceiver receiver, LiveOutbox outbox, Uplink uplink, LiveWatchdog watchdog, LiveActivity activity, LiveOpener opener,
        Func<bool> holdsAudio, UnconsumedMessages unconsumed, LiveOptions options, TimeProvider timeProvider, CancellationToken lifetime)
    {
        _connection = connection;
        _receiver = receiver;
        _opener = opener;
        _lifetime = lifetime;
        _sender = new LiveSender(connection, outbox, uplink, watchdog, activity, receiver.InterruptHere, holdsAudio, unconsumed);
        _goAwayMargin = options.GoAwayMargin;
        _closing = NewTimer(timeProvider, () => connection.Abort("the close frame was not answered"));
        _calm = NewTimer(timeProvider, ChangeOverWhenCalm);
        _timeProvider = timeProvider;
    }

    /// <summary>True when the connection ended because we changed over.</summary>
    public bool IsChangingOver { get; private set; }

    /// <summary>Runs until the connection has ended and nothing uses it any more.</summary>
    public async Task RunAsync(Action<string> onServerError)
    {
        var sending = Task.Run(_sender.RunAsync);
        try
        {
            do
            {
                if (_connection.Message.Error is { } error)
                    onServerError(error);
                Handle(_connection.Message);
            }
            while (await _connection.ReceiveAsync());
        }
        finally
        {
            Stop();
            await sending;
        }
    }

    /// <summary>Starts the end: our close frame, the server's answer, then the end of <see cref="RunAsync"/>; any thread.</summary>
    public void Stop()
    {
        _closing.Change(ClosingLimit, Timeout.InfiniteTimeSpan);
        _sender.Stop();
    }

    public void Dispose()
    {
        _closing.Dispose();
        _calm.Dispose();
    }

    private static ITimer NewTimer(TimeProvider timeProvider, Action action) =>
        timeProvider.CreateTimer(_ => action(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void Handle(ServerMessage message)
    {
        _receiver.Handle(message, _connection.Json);
        FollowGoAway();
    }

    private void FollowGoAway()
    {
        if (_receiver.GoAwayTimeLeft is not { } timeLeft)
            return;
        if (_untilDeadline is null)
        {
            _goAwayAt = _timeProvider.GetTimestamp();
            _untilDeadline = timeLeft - _goAwayMargin;
            _calm.Change(CalmCheckInterval, CalmCheckInterval);
            _opener.Prepare(_lifetime);
        }
        ChangeOverWhenCalm();
    }

    // From the receive loop, and from the timer's thread since the caller's silence makes no message: a look at the model's state that comes a
    // moment late does no more harm than a message that is still on its way.
    private void ChangeOverWhenCalm()
    {
        if ((_opener.IsPrepared && _receiver.IsCalm && !_sender.IsCallerSpeaking) || _timeProvider.GetElapsedTime(_goAwayAt) >= _untilDeadline)
            ChangeOver();
    }

    private void ChangeOver()
    {
        _calm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        IsChangingOver = true;
        Stop();
    }
}
