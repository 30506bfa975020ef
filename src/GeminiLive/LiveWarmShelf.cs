using System.Diagnostics.CodeAnalysis;

namespace GeminiLive;

/// <summary>The warm sockets of one target, and the loop that opens, checks and replaces them.</summary>
/// <remarks>Owned by <see cref="LiveWarmPool"/>; <see cref="Take"/> comes from any thread.</remarks>
internal sealed class LiveWarmShelf : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ILiveConnector _connector;
    private readonly LiveBreaker _breaker;
    private readonly LiveOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly WarmTerms _terms;
    private readonly List<(WarmSocket Socket, long OpenedAt)> _sockets = [];
    private readonly AsyncSignal _changed = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _timer;
    private readonly Task _run;
    private volatile LiveTarget _target;
    private bool _isBroken;

    /// <summary>Starts the loop.</summary>
    public LiveWarmShelf(ILiveConnector connector, LiveTarget target, LiveBreaker breaker, LiveOptions options, TimeProvider timeProvider, ILogger logger)
    {
        (_connector, _target, _breaker) = (connector, target, breaker);
        (_options, _timeProvider, _logger) = (options, timeProvider, logger);
        _terms = new WarmTerms(options, timeProvider);
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

    /// <summary>Signs in from now on as this session does: credentials may have been replaced.</summary>
    /// <param name="target">The same place.</param>
    public void SignInAs(LiveTarget target) => _target = target;

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
                _terms.Taken(_timeProvider.GetElapsedTime(_sockets[i].OpenedAt));
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
            if (!await StepAsync())
                await WaitAsync();
        }
        lock (_gate)
        {
            foreach (var (socket, _) in _sockets)
                socket.Dispose();
            _sockets.Clear();
        }
    }

    /// <summary>Drops what is no good any more, and opens one that is missing.</summary>
    /// <returns>False when there is nothing to do for a while.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "Top of the loop: a bug costs the next callers a warm connection, and not all of them for good.")]
    private async Task<bool> StepAsync()
    {
        try
        {
            DropBad();
            return await FillAsync();
        }
        catch (Exception bug)
        {
            if (!_isBroken)
                _logger.KeepingWarmFailed(bug, _target.Name);
            _isBroken = true;
            lock (_gate)
                _terms.Failed();
            return false;
        }
    }

    private void DropBad()
    {
        List<(WarmSocket Socket, long OpenedAt)> bad;
        lock (_gate)
        {
            bad = [.. _sockets.Where(entry => !IsGood(entry))];
            _sockets.RemoveAll(bad.Contains);
        }
        foreach (var entry in bad)
            Drop(entry);
    }

    private void Drop((WarmSocket Socket, long OpenedAt) entry)
    {
        var (age, isNews) = (_timeProvider.GetElapsedTime(entry.OpenedAt), false);
        lock (_gate)
        {
            if (entry.Socket.IsGood)
                _terms.Aged();
            else
                isNews = _terms.Closed(age);
        }
        if (isNews)
            _logger.WarmUnwanted(_target.Name, age.TotalSeconds, entry.Socket.CloseCode, entry.Socket.CloseReason);
        entry.Socket.Dispose();
    }

    /// <summary>Opens one more.</summary>
    /// <returns>False when there are enough, or when now is not the time.</returns>
    private async Task<bool> FillAsync()
    {
        // A target that is down is for sessions to probe.
        if (_breaker.IsOpen || !MayOpen())
            return false;
        var (socket, _) = await LiveUpgrade.ConnectAsync(_connector, _target, _options, _timeProvider, _stopping.Token);
        if (socket is null)
        {
            lock (_gate)
                _terms.Failed();
            return false;
        }
        var warm = new WarmSocket(socket);
        _ = warm.FirstRead.ContinueWith(_ => _changed.Signal(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        lock (_gate)
        {
            _terms.Opened();
            _sockets.Add((warm, _timeProvider.GetTimestamp()));
        }
        _isBroken = false;
        return true;
    }

    private bool MayOpen()
    {
        lock (_gate)
            return _terms.MayOpen(_sockets.Count, Oldest);
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
            var rest = _terms.RestLeft > TimeSpan.Zero ? _terms.RestLeft : LookInterval;
            if (_sockets.Count == 0 || _isBroken)
                return rest;
            var left = _terms.MaxAge - Oldest is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero;
            return _sockets.Count < _options.WarmConnections && rest < left ? rest : left;
        }
    }

    private TimeSpan Oldest => _sockets.Count == 0 ? TimeSpan.Zero : _sockets.Max(entry => _timeProvider.GetElapsedTime(entry.OpenedAt));

    private bool IsGood((WarmSocket Socket, long OpenedAt) entry) =>
        entry.Socket.IsGood && _timeProvider.GetElapsedTime(entry.OpenedAt) < _terms.MaxAge;
}
