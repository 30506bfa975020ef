namespace GeminiLive;

/// <summary>The warm sockets of one target, and the loop that opens, checks and replaces them.</summary>
/// <remarks>Owned by <see cref="LiveWarmPool"/>; <see cref="Take"/> comes from any thread.</remarks>
internal sealed class LiveWarmShelf : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ILiveConnector _connector;
    private readonly LiveTarget _target;
    private readonly LiveBreaker _breaker;
    private readonly LiveOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly List<(WarmSocket Socket, long OpenedAt)> _sockets = [];
    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Task _run;
    private long? _failedAt;

    /// <summary>Starts the loop.</summary>
    public LiveWarmShelf(ILiveConnector connector, LiveTarget target, LiveBreaker breaker, LiveOptions options, TimeProvider timeProvider)
    {
        (_connector, _target, _breaker) = (connector, target, breaker);
        (_options, _timeProvider) = (options, timeProvider);
        _timer = timeProvider.CreateTimer(_ => _changed.Signal(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _run = Task.Run(RunAsync);
    }

    /// <summary>Sockets that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _sockets.Count;
        }
    }

    /// <summary>The youngest good socket, which belongs to the caller from here on; null when there is none.</summary>
    public WarmSocket? Take()
    {
        WarmSocket? taken = null;
        lock (_gate)
        {
            for (var i = _sockets.Count - 1; i >= 0 && taken is null; i--)
            {
                if (!IsGood(_sockets[i]))
                    continue;
                taken = _sockets[i].Socket;
                _sockets.RemoveAt(i);
            }
        }
        _changed.Signal();
        return taken;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _changed.Signal();
        await _run;
        await _timer.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            DropBad();
            if (!await FillAsync())
                await WaitAsync();
        }
        lock (_gate)
        {
            foreach (var (socket, _) in _sockets)
                socket.Dispose();
            _sockets.Clear();
        }
    }

    private void DropBad()
    {
        lock (_gate)
            _sockets.RemoveAll(IsDropped);
    }

    private bool IsDropped((WarmSocket Socket, long OpenedAt) entry)
    {
        if (IsGood(entry))
            return false;
        entry.Socket.Dispose();
        return true;
    }

    /// <summary>Opens one more.</summary>
    /// <returns>False when there are enough, or when now is not the time.</returns>
    private async Task<bool> FillAsync()
    {
        // A target that is down is for sessions to probe.
        if (Waiting >= _options.WarmConnections || _breaker.IsOpen || (_failedAt is { } at && _timeProvider.GetElapsedTime(at) < RetryInterval))
            return false;
        var (socket, _) = await LiveUpgrade.ConnectAsync(_connector, _target, _options, _timeProvider, _stopping.Token);
        _failedAt = socket is null ? _timeProvider.GetTimestamp() : null;
        if (socket is null)
            return false;
        var warm = new WarmSocket(socket);
        _ = warm.FirstRead.ContinueWith(_ => _changed.Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        lock (_gate)
            _sockets.Add((warm, _timeProvider.GetTimestamp()));
        return true;
    }

    private async Task WaitAsync()
    {
        _timer.Change(NextLook(), Timeout.InfiniteTimeSpan);
        await _changed.WaitAsync();
    }

    private TimeSpan NextLook()
    {
        lock (_gate)
        {
            if (_sockets.Count < _options.WarmConnections)
                return RetryInterval;
            var left = _options.WarmMaxAge - _sockets.Max(entry => _timeProvider.GetElapsedTime(entry.OpenedAt));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private bool IsGood((WarmSocket Socket, long OpenedAt) entry) =>
        entry.Socket.IsGood && _timeProvider.GetElapsedTime(entry.OpenedAt) < _options.WarmMaxAge;
}
