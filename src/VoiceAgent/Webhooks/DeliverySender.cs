namespace VoiceAgent.Webhooks;

/// <summary>Posts to other systems what they want to know of calls: events, and the progress of calls that somebody had made. The only sender there is.</summary>
/// <remarks>
/// Any thread. What one system is told of one call goes out in order, one at a time; calls do not wait for each other, nor systems. Bounded: what finds no
/// room is dropped and counted. Follows no redirects and shows no credentials. At the end what waits gets one more try.
/// </remarks>
internal sealed class DeliverySender(HttpMessageInvoker http, TimeProvider time, ILogger<DeliverySender> logger) : IHostedService, IAsyncDisposable
{
    /// <summary>What waits at most for one system; the others have room of their own.</summary>
    public const int MaxWaitingPerHost = 2_500;

    private const int MaxWaiting = 10_000;
    private const int MaxAtOncePerHost = 8;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Uri, string), Lane> _lanes = [];
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _closing = new();    // pauses are over
    private readonly CancellationTokenSource _stopping = new();   // tries are over
    private DateTimeOffset? _loggedAt;
    private int _waiting;
    private long _dropped;

    /// <summary>What was dropped or given up since the start, but for what is told again.</summary>
    public long Lost => Interlocked.Read(ref _dropped);

    /// <summary>Posts it soon; false when there is no room for it.</summary>
    /// <param name="delivery">What is posted.</param>
    /// <param name="maxWaiting">What may wait for its system already.</param>
    public bool Send(Delivery delivery, int maxWaiting = MaxWaitingPerHost)
    {
        lock (_gate)
        {
            if (_waiting < MaxWaiting && !_stopping.IsCancellationRequested && HostOf(delivery) is var host && host.Waiting < maxWaiting)
            {
                _waiting++;
                host.Waiting++;
                Enqueue(delivery);
                return true;
            }
        }
        Lose(delivery, 0, "too many wait", DeliveryEnd.Dropped);
        return false;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What waits is tried once more, for a few seconds in all.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _closing.CancelAsync();
        await Task.WhenAny(AllAsync(), Task.Delay(Timeout, time, cancellationToken));
        await _stopping.CancelAsync();
        await AllAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await StopAsync(CancellationToken.None);
        _closing.Dispose();
        _stopping.Dispose();
    }

    private Task AllAsync()
    {
        lock (_gate)
            return Task.WhenAll(_lanes.Values.Select(lane => lane.Work));
    }

    // Under the lock. A system is known for as long as something waits for it.
    private Host HostOf(Delivery delivery)
    {
        if (!_hosts.TryGetValue(delivery.To.Authority, out var host))
            _hosts[delivery.To.Authority] = host = new Host();
        return host;
    }

    // Under the lock.
    private void Enqueue(Delivery delivery)
    {
        var key = (delivery.To, delivery.CallId);
        if (_lanes.TryGetValue(key, out var lane))
        {
            lane.Waiting.Enqueue(delivery);
            return;
        }
        _lanes[key] = lane = new Lane();
        lane.Waiting.Enqueue(delivery);
        lane.Work = Task.Run(() => WorkAsync(key, lane));
    }

    private async Task WorkAsync((Uri, string) key, Lane lane)
    {
        while (Next(key, lane) is var (delivery, host))
        {
            await DeliverAsync(delivery, host);
            lock (_gate)
            {
                lane.Waiting.Dequeue();
                _waiting--;
                if (--host.Waiting == 0)
                    _hosts.Remove(delivery.To.Authority);
            }
        }
    }

    private (Delivery, Host)? Next((Uri, string) key, Lane lane)
    {
        lock (_gate)
        {
            if (lane.Waiting.TryPeek(out var delivery))
                return (delivery, HostOf(delivery));
            _lanes.Remove(key);
            return null;
        }
    }

    private async Task DeliverAsync(Delivery delivery, Host host)
    {
        var since = time.GetTimestamp();
        for (var tries = 1; ; tries++)
        {
            if (await TryAsync(delivery, host) is not { } problem)
            {
                delivery.Ended?.Invoke(DeliveryEnd.Taken);
                return;
            }
            var pause = _closing.IsCancellationRequested ? null : delivery.PauseAfter(tries, time.GetElapsedTime(since));
            if (pause is null)
            {
                Lose(delivery, tries, problem, _closing.IsCancellationRequested ? DeliveryEnd.Dropped : DeliveryEnd.GivenUp);
                return;
            }
            await PauseAsync(pause.Value);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, time, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The last try comes at once.
        }
    }

    /// <summary>Null when it was taken; else why not.</summary>
    private async Task<string?> TryAsync(Delivery delivery, Host host)
    {
        try
        {
            await host.AtOnce.WaitAsync(_stopping.Token);
            try
            {
                return await PostAsync(delivery);
            }
            finally
            {
                host.AtOnce.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return _stopping.IsCancellationRequested ? "the service stops" : "no answer in time";
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidOperationException or NotSupportedException)
        {
            return failure.Message;   // whatever a server answers ends this try, and not the lane
        }
    }

    private async Task<string?> PostAsync(Delivery delivery)
    {
        using var patience = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
        using var request = delivery.ToRequest(time.GetUtcNow());
        using var response = await http.SendAsync(request, either.Token);
        return response.IsSuccessStatusCode ? null : $"status {(int)response.StatusCode}";
    }

    private void Lose(Delivery delivery, int tries, string problem, DeliveryEnd end)
    {
        delivery.Ended?.Invoke(end);
        if (end == DeliveryEnd.Dropped && delivery.Ended is not null)
            return;   // whoever asked tells it again
        var lost = Interlocked.Increment(ref _dropped);
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (now - _loggedAt < LogPeriod)
                return;
            _loggedAt = now;
        }
        logger.NotDelivered(delivery.CallId, delivery.To.Host, tries, problem, lost);
    }

    /// <summary>One system, for as long as something waits for it. Nobody asks for the semaphore's handle: there is nothing to dispose of.</summary>
    private sealed class Host
    {
        public int Waiting { get; set; }

        public SemaphoreSlim AtOnce { get; } = new(MaxAtOncePerHost);
    }

    /// <summary>What waits for one system about one call.</summary>
    private sealed class Lane
    {
        public Queue<Delivery> Waiting { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;
    }
}
