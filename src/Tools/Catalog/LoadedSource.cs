namespace Tools.Catalog;

/// <summary>One source and the tools that it gave last.</summary>
/// <remarks>Owned by a <see cref="SourceGroup"/>; loaded by one thread at a time, marked as stale by any.</remarks>
internal sealed class LoadedSource(IToolSource source, TimeProvider time, ILogger logger)
{
    // A source that takes longer is treated as one that does not answer: the phone line does not wait for it.
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(30);

    private volatile bool _isStale = true;
    private IReadOnlyList<Tool>? _accepted;

    /// <summary>Name of the source.</summary>
    public string Name => source.Name;

    /// <inheritdoc cref="IToolSource.IsForeign"/>
    public bool IsForeign => source.IsForeign;

    /// <inheritdoc cref="IToolSource.IsOutdated"/>
    public bool IsOutdated => source.IsOutdated;

    /// <summary>Its tools; null as long as it has not answered.</summary>
    public IReadOnlyList<Tool>? Tools { get; private set; }

    /// <summary>Whether it has given a list that is not in use.</summary>
    public bool HasOffer => Tools != _accepted;

    /// <summary>Whether it has something new to say, or did not answer.</summary>
    public bool IsStale => _isStale;

    /// <summary>Called when it has something new to say.</summary>
    public void Watch(Action changed) => source.Changed = () =>
    {
        _isStale = true;
        changed();
    };

    /// <summary>Its list is in use.</summary>
    public void Accept() => _accepted = Tools;

    /// <summary>Goes back to the list in use.</summary>
    /// <returns>The list that it gave.</returns>
    public IReadOnlyList<Tool>? Withdraw()
    {
        var offered = Tools;
        Tools = _accepted;
        return offered;
    }

    /// <summary>Puts a list forward that was withdrawn.</summary>
    public void Offer(IReadOnlyList<Tool>? tools) => Tools = tools;

    /// <summary>Asks the source for its tools.</summary>
    /// <returns>Why it cannot be used as configured; null when it can, even if it does not answer now.</returns>
    public async Task<string?> LoadAsync(CancellationToken cancellation)
    {
        _isStale = false;   // before: a change meanwhile counts
        try
        {
            var tools = await source.LoadAsync(cancellation).AsTask().WaitAsync(LoadLimit, time, cancellation);
            Tools = [.. tools.Select(tool => tool with { Source = source.Name })];
            return null;
        }
        catch (ToolSourceException fault) when (!fault.MayPass)
        {
            return fault.Message;
        }
        catch (Exception silence) when (silence is ToolSourceException or TimeoutException)
        {
            _isStale = true;
            logger.SourceAbsent(source.Name, silence is TimeoutException ? $"no answer within {LoadLimit.TotalSeconds} s" : silence.Message);
            return null;
        }
    }

    /// <summary>Ends the source.</summary>
    public ValueTask CloseAsync()
    {
        source.Changed = null;
        return source.DisposeAsync();
    }
}
