namespace GeminiLive;

/// <summary>Keeps a few sockets open to each target in use, so that a session's start costs no TCP, no TLS and no upgrade; the setup is sent at the answer.</summary>
/// <remarks>
/// Any thread; one per process, owned by the factory. A socket is replaced when it was taken, when the server has closed it, and when it is
/// <see cref="LiveOptions.WarmMaxAge"/> old. Nothing is sent over one before it is taken, and each is taken once.
/// </remarks>
internal sealed class LiveWarmPool(ILiveConnector connector, LiveConnectGate gate, LiveOptions options, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, Uri Endpoint), LiveWarmShelf> _shelves = [];
    private bool _isDisposed;

    /// <summary>Sockets that wait at the moment.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _shelves.Values.Sum(shelf => shelf.Waiting);
        }
    }

    /// <summary>Begins to keep sockets to a target; nothing when it is kept already, or when none are to be kept.</summary>
    public void Keep(LiveTarget target) => ShelfOf(target);

    /// <summary>Gives away a socket to a target; null when none is there.</summary>
    public WarmSocket? Take(LiveTarget target) => ShelfOf(target)?.Take();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LiveWarmShelf[] shelves;
        lock (_gate)
        {
            _isDisposed = true;
            shelves = [.. _shelves.Values];
        }
        foreach (var shelf in shelves)
            await shelf.DisposeAsync();
    }

    private LiveWarmShelf? ShelfOf(LiveTarget target)
    {
        if (options.WarmConnections == 0)
            return null;
        lock (_gate)
        {
            if (_isDisposed)
                return null;
            // Both say where it stands in the configuration, and so who signs in there.
            var key = (target.Name, target.Endpoint);
            if (!_shelves.TryGetValue(key, out var shelf))
                _shelves[key] = shelf = new LiveWarmShelf(connector, target, gate.For(target), options, timeProvider, logger);
            shelf.SignInAs(target);
            return shelf;
        }
    }
}
