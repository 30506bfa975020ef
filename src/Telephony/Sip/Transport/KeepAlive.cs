namespace Telephony.Sip.Transport;

/// <summary>Pings on a connection that we opened; a peer that used to answer and does not any more is gone (RFC 5626 sections 3.5.1 and 4.4.1).</summary>
/// <remarks>Any thread. A peer that never answered is not held to it: to those without RFC 5626 a ping is nothing.</remarks>
internal sealed class KeepAlive : IDisposable
{
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(10);
    private static readonly byte[] Ping = "\r\n\r\n"u8.ToArray();

    private readonly TcpConnection _connection;
    private readonly TimeSpan _interval;
    private readonly Random _random;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private bool _isAwaiting;
    private bool _answers;

    /// <summary>Pings for the first time after one interval.</summary>
    /// <param name="connection">Whom to ping.</param>
    /// <param name="interval">Longest time between two pings.</param>
    /// <param name="random">Spreads them.</param>
    /// <param name="timeProvider">The clock.</param>
    public KeepAlive(TcpConnection connection, TimeSpan interval, Random random, TimeProvider timeProvider)
    {
        _connection = connection;
        _interval = interval;
        _random = random;
        _timer = timeProvider.CreateTimer(_ => OnTimer(), null, NextWait(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something came.</summary>
    /// <param name="isPong">Whether it was nothing but a line end.</param>
    public void OnReceived(bool isPong)
    {
        lock (_lock)
        {
            if (!_isAwaiting)
                return;
            _isAwaiting = false;
            _answers |= isPong;
            _timer.Change(NextWait(), Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        bool isLost;
        lock (_lock)
        {
            isLost = _isAwaiting && _answers;
            var pings = !_isAwaiting;
            _isAwaiting = pings;
            if (pings)
                _connection.TrySend(new(Ping, OnFailed: null));
            if (!isLost)
                _timer.Change(pings ? PongTimeout : NextWait(), Timeout.InfiniteTimeSpan);
        }
        if (isLost)
            _connection.Close(CloseReason.NoPong);
    }

    /// <summary>80 to 100 % of the interval, so that many connections do not ping at once.</summary>
    private TimeSpan NextWait() => _interval * (0.8 + 0.2 * _random.NextDouble());
}
