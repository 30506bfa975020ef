using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;

namespace Tools.Catalog;

/// <summary>All tools of the service: from the sources that the configuration names to the set that one call of one agent has.</summary>
/// <remarks>
/// Any thread. A changed configuration is tried out beside the one in use, and taken into use for new calls whole or not at all; its loop takes up sources whose tools
/// changed, and asks those again that do not answer. A set that was rented stays as it was until it is given back; then sources that nobody uses any more are closed.
/// </remarks>
public sealed class ToolCatalog : IAsyncDisposable
{
    // A server announces several changes in a row.
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<IToolSourceFactory> _factories;
    private readonly Func<Tool, string?> _declarationFault;
    private readonly TimeProvider _time;
    private readonly ILogger<ToolCatalog> _logger;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _retryTimer;
    private readonly Lock _lock = new();
    private readonly List<SourceGroup> _groups = [];   // the current one, and older ones in use
    private IConfiguration _root;
    private CurrentTools? _current;
    private Task _loop = Task.CompletedTask;
    private TimeSpan _retryAfter = FirstRetry;
    private long _reloads;
    private long _refusedReloads;

    /// <summary>A catalogue without tools yet.</summary>
    /// <param name="factories">One for each kind of source.</param>
    /// <param name="root">The whole configuration; another one comes by <see cref="PrepareAsync"/>.</param>
    /// <param name="declarationFault">Why a tool cannot be told to the model; null when it can.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="loggers">Makes the logger.</param>
    public ToolCatalog(
        IReadOnlyList<IToolSourceFactory> factories, IConfiguration root, Func<Tool, string?> declarationFault, TimeProvider time, ILoggerFactory loggers)
    {
        (_factories, _root, _declarationFault, _time) = (factories, root, declarationFault, time);
        _logger = loggers.CreateLogger<ToolCatalog>();
        _retryTimer = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What the service has against an agent's tools, such as a model that cannot have them; nothing when left out.</summary>
    public Func<string, IReadOnlyList<Tool>, IEnumerable<string>> AgentFaults { get; init; } = (_, _) => [];

    /// <summary>Changes that were taken into use since the start.</summary>
    public long Reloads => Interlocked.Read(ref _reloads);

    /// <summary>Changes that were refused since the start.</summary>
    public long RefusedReloads => Interlocked.Read(ref _refusedReloads);

    /// <summary>Whether any agent has tools.</summary>
    public bool HasTools => _current?.Sets.Values.Any(tools => tools.Count > 0) == true;

    /// <summary>Names of the configured sources that do not answer.</summary>
    public IReadOnlyList<string> AbsentSources => _current?.Sources.Absent ?? [];

    /// <summary>Loads the tools for the first time, and from then on watches their sources.</summary>
    /// <exception cref="ToolSourceException">Something is wrong; all faults in one message, a line each.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        await using var prepared = await PrepareAsync(_root, new ToolChange { AgentFaults = AgentFaults }, cancellation);
        if (prepared.Faults.Count > 0)
            throw new ToolSourceException(string.Join('\n', prepared.Faults));
        prepared.Take();
        _loop = WatchAsync(_stop.Token);
    }

    /// <summary>Tries a configuration out, beside the tools that are in use.</summary>
    /// <param name="root">The whole configuration.</param>
    /// <param name="change">What changes, and what speaks against it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>To be taken into use, or not, and disposed; until then no other change comes in.</returns>
    public async Task<PreparedTools> PrepareAsync(IConfiguration root, ToolChange change, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        SourceGroup? made = null;
        try
        {
            var faults = new List<string>();
            var kept = change.KeepsSources && _current?.Sources is { IsOutdated: false } current ? current : null;
            var sources = kept ?? (made = SourceGroup.Create(_factories, root.GetSection(ToolOptions.Section), _time, _logger, faults));
            faults.AddRange(await AskAsync(made, cancellation));
            var found = Check(sources, new CatalogCheck(root, _declarationFault, change.AgentFaults), isWhole: faults.Count == 0);
            faults.AddRange(found.Faults);
            var silent = faults.Count == 0 && change.AwaitsSilent ? Silent(sources) : [];
            ScheduleRetry(sources);
            return faults.Count + silent.Count > 0 ? Prepared(Refuse([.. faults, .. silent]), made, () => { }, silent.Count > 0) : Prepared([], made, () =>
            {
                _root = root;
                TakeIntoUse(sources, found);
            });
        }
        catch
        {
            await EndAsync(made, isTaken: false);
            throw;
        }
    }

    private PreparedTools Prepared(IReadOnlyList<string> faults, SourceGroup? made, Action take, bool mayPass = false) => new(faults, mayPass, take, isTaken => EndAsync(made, isTaken));

    private async ValueTask EndAsync(SourceGroup? made, bool isTaken)
    {
        if (made is not null && !isTaken)
            await made.CloseAsync();
        _gate.Release();
    }

    private async Task<IReadOnlyList<string>> AskAsync(SourceGroup? made, CancellationToken cancellation)
    {
        made?.Watch(() => _wake.Writer.TryWrite(true));
        return made is null ? [] : await made.LoadAsync(cancellation);
    }

    /// <summary>The tools of an agent for one call; to be disposed when the call has ended.</summary>
    /// <param name="agent">Name of the agent; one that is not in the configuration has no tools.</param>
    public ToolSet Rent(string agent)
    {
        lock (_lock)
        {
            if (_current?.Sets.TryGetValue(agent, out var tools) != true)
                return ToolSet.Empty;
            var sources = _current.Sources;
            sources.Hold();
            return new ToolSet(tools!, () => Return(sources));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        await _retryTimer.DisposeAsync();
        SourceGroup[] groups;
        lock (_lock)
            groups = [.. _groups];
        await Task.WhenAll(groups.Select(group => group.CloseAsync()));
        _stop.Dispose();
        _gate.Dispose();
    }

    /// <summary>Sources that work for new calls now and would not after the change: it waits for them a while.</summary>
    private List<string> Silent(SourceGroup sources) =>
        [.. sources.Absent.Intersect(_current?.Sources.Answered ?? [], StringComparer.OrdinalIgnoreCase)
            .Select(name => $"Source '{name}' answered before and does not now; the change is tried again by itself.")];

    private CheckedTools Check(SourceGroup sources) => Check(sources, new CatalogCheck(_root, _declarationFault, AgentFaults), isWhole: true);

    private static CheckedTools Check(SourceGroup sources, CatalogCheck check, bool isWhole)
    {
        var sets = check.Sets(sources.Loaded(isWhole));
        return new CheckedTools(sets, check.Faults, check.LeftOut);
    }

    private void TakeIntoUse(SourceGroup sources, CheckedTools found)
    {
        sources.Accept();
        foreach (var reason in found.LeftOut)
            _logger.ToolUnfit(reason);
        var next = new CurrentTools(sources, found.Sets);
        CurrentTools? previous;
        lock (_lock)
        {
            (previous, _current) = (_current, next);
            if (previous?.Sources != next.Sources)
                _groups.Add(next.Sources);
            _groups.RemoveAll(group => group.IsClosed);
        }
        if (previous is not null)
            Interlocked.Increment(ref _reloads);
        if (previous?.Sources != next.Sources)
            previous?.Sources.Release();
        if (previous?.ToString() != next.ToString())
            _logger.ToolsInUse(next.ToString());
    }

    private static void Return(SourceGroup sources) => sources.Release();

    private List<string> Refuse(List<string> faults)
    {
        if (_current is null)
            return faults;   // the start is refused, and tells them itself
        Interlocked.Increment(ref _refusedReloads);
        _logger.ReloadRefused(string.Join(" ", faults));
        return faults;
    }

    private void ScheduleRetry(SourceGroup sources)
    {
        if (!sources.IsStale)
        {
            _retryAfter = FirstRetry;
            return;
        }
        _retryTimer.Change(_retryAfter, Timeout.InfiniteTimeSpan);
        _retryAfter = _retryAfter + _retryAfter < LongestRetry ? _retryAfter + _retryAfter : LongestRetry;
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: whatever one reload meets, the next change is looked at.")]
    private async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _wake.Reader.ReadAsync(stop);
                await Task.Delay(Debounce, _time, stop);
                await RefreshAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception bug)
            {
                _logger.ReloadFailed(bug);
            }
        }
    }

    // The same sources, some of which have something new to say.
    private async Task RefreshAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_current is not { Sources: { IsStale: true } sources })
                return;
            if (await sources.LoadAsync(cancellation) is { Count: > 0 } faults)
                Refuse([.. faults]);   // one source's trouble, not that of the others
            ScheduleRetry(sources);
            if (sources.Changed.Count == 0)
                return;
            var found = Check(sources);
            if (found.Faults.Count > 0)
                found = CheckEach(sources);
            if (found is not null)
                TakeIntoUse(sources, found);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes the new lists that are fit, one after the other; the sources of the others keep what they had.</summary>
    /// <returns>Null when none is.</returns>
    private CheckedTools? CheckEach(SourceGroup sources)
    {
        CheckedTools? fit = null;
        foreach (var (source, tools) in sources.Changed.Select(source => (source, source.Withdraw())).ToList())
        {
            source.Offer(tools);
            var found = Check(sources);
            if (found.Faults.Count == 0)
            {
                fit = found;
                continue;
            }
            source.Withdraw();
            Refuse([$"The new list of source '{source.Name}' is not taken.", .. found.Faults]);
        }
        return fit;
    }

    private sealed record CheckedTools(Dictionary<string, IReadOnlyList<Tool>> Sets, IReadOnlyList<string> Faults, IReadOnlyList<string> LeftOut);

    private sealed record CurrentTools(SourceGroup Sources, Dictionary<string, IReadOnlyList<Tool>> Sets)
    {
        public override string ToString() => string.Join("; ", Sets.Select(set => $"{set.Key}: {(set.Value.Count == 0 ? "none" : string.Join(", ", set.Value.Select(tool => tool.Name)))}"));
    }
}
