namespace GeminiLive.Wire;

/// <summary>Pings a server of which nothing has been heard for a while, and gives the connection up when nothing at all comes after that.</summary>
/// <remarks>Any frame is a sign of life, a late pong as good as audio. One timer, which looks a few times a minute.</remarks>
internal sealed class KeepAlive : IDisposable
{
    private readonly LiveOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Action _ping;
    private readonly Action _lose;
    private readonly ITimer _timer;
    private long _heardAt;
    private long? _askedAt;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">How long the server may be silent before it is asked, and after that.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="ping">Asks it.</param>
    /// <param name="lose">Gives the connection up.</param>
    public KeepAlive(LiveOptions options, TimeProvider timeProvider, Action ping, Action lose)
    {
        (_options, _timeProvider, _ping, _lose) = (options, timeProvider, ping, lose);
        _heardAt = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(static keepAlive => ((KeepAlive)keepAlive!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        LookIn(options.KeepAliveInterval);
    }

    /// <summary>Something has come from the server; the receive loop.</summary>
    public void Heard() => Volatile.Write(ref _heardAt, _timeProvider.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var heardAt = Volatile.Read(ref _heardAt);
        if (_askedAt is { } askedAt && askedAt - heardAt >= 0)
        {
            WaitForAnswer(_timeProvider.GetElapsedTime(askedAt));
            return;
        }
        _askedAt = null;
        var quiet = _timeProvider.GetElapsedTime(heardAt);
        if (quiet < _options.KeepAliveInterval)
        {
            LookIn(_options.KeepAliveInterval - quiet);
            return;
        }
        _askedAt = _timeProvider.GetTimestamp();
        _ping();
        WaitForAnswer(TimeSpan.Zero);
    }

    private void WaitForAnswer(TimeSpan waited)
    {
        var left = _options.KeepAliveTimeout - waited;
        if (left <= TimeSpan.Zero)
            _lose();
        else
            LookIn(left < _options.KeepAliveInterval ? left : _options.KeepAliveInterval);
    }

    private void LookIn(TimeSpan wait) => _timer.Change(wait, Timeout.InfiniteTimeSpan);
}
