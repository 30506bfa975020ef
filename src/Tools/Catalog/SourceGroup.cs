using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace Tools.Catalog;

/// <summary>All sources of one configuration; closed when the catalogue has another one and the last call that uses these has ended.</summary>
/// <remarks>Holders are counted: the catalogue while it is the current one, and each rented set.</remarks>
internal sealed class SourceGroup
{
    private readonly List<LoadedSource> _sources;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private int _holders = 1;
    private Task? _closing;

    private SourceGroup(List<LoadedSource> sources, ILogger logger) => (_sources, _logger) = (sources, logger);

    /// <summary>Whether a source has something new to say, or did not answer.</summary>
    public bool IsStale => _sources.Exists(source => source.IsStale);

    /// <summary>Whether what a source was made of has been replaced.</summary>
    public bool IsOutdated => _sources.Exists(source => source.IsOutdated);

    /// <summary>Names of the sources that have never answered.</summary>
    public IReadOnlyList<string> Absent => [.. _sources.Where(source => source.Tools is null).Select(source => source.Name)];

    /// <summary>Names of the sources that have answered.</summary>
    public IReadOnlyList<string> Answered => [.. _sources.Where(source => source.Tools is not null).Select(source => source.Name)];

    /// <summary>Sources that have given a list that is not in use.</summary>
    public IReadOnlyList<LoadedSource> Changed => [.. _sources.Where(source => source.HasOffer)];

    /// <summary>The sources that a configuration asks for.</summary>
    /// <param name="factories">One for each kind.</param>
    /// <param name="tools">Section <c>Tools</c>.</param>
    /// <param name="time">Clock for limits.</param>
    /// <param name="logger">Hears of sources that do not answer.</param>
    /// <param name="faults">Takes what is wrong with the configuration.</param>
    public static SourceGroup Create(IReadOnlyList<IToolSourceFactory> factories, IConfiguration tools, TimeProvider time, ILogger logger, List<string> faults)
    {
        var sources = new List<LoadedSource>();
        foreach (var factory in factories)
        {
            try
            {
                sources.AddRange(factory.Create(tools).Select(source => new LoadedSource(source, time, logger)));
            }
            catch (ToolSourceException fault)
            {
                faults.AddRange(Lines(fault.Message));
            }
        }
        faults.AddRange(sources.GroupBy(source => source.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => $"Tools has {same.Count()} sources of the name '{same.Key}'; agents list tools by it, so give each its own."));
        return new SourceGroup(sources, logger);
    }

    /// <summary>Asks all sources that are stale, together.</summary>
    /// <returns>Why some cannot be used as configured.</returns>
    public async Task<IReadOnlyList<string>> LoadAsync(CancellationToken cancellation)
    {
        var faults = await Task.WhenAll(_sources.Where(source => source.IsStale).Select(source => source.LoadAsync(cancellation)));
        return [.. faults.OfType<string>().SelectMany(Lines)];
    }

    /// <summary>What the sources gave last.</summary>
    /// <param name="isWhole">False when some sources could not be made or used.</param>
    public LoadedTools Loaded(bool isWhole)
    {
        var answered = _sources.Where(source => source.Tools is not null).ToList();
        return new LoadedTools([.. answered.Select(source => source.Name)], [.. answered.SelectMany(source => source.Tools!)], Absent, isWhole)
        {
            Foreign = [.. answered.Where(source => source.IsForeign).Select(source => source.Name)],
        };
    }

    /// <summary>All lists are in use.</summary>
    public void Accept() => _sources.ForEach(source => source.Accept());

    /// <summary>Calls back when a source has something new to say; any thread.</summary>
    public void Watch(Action changed) => _sources.ForEach(source => source.Watch(changed));

    /// <summary>One more user.</summary>
    public void Hold()
    {
        lock (_lock)
            _holders++;
    }

    /// <summary>One user less; the last one has the sources closed.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_holders == 0)
                _closing ??= CloseSourcesAsync();
        }
    }

    /// <summary>Closes the sources, whoever still uses them, and waits until they are closed.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
            return _closing ??= CloseSourcesAsync();
    }

    /// <summary>Whether the sources are closed.</summary>
    public bool IsClosed => _closing?.IsCompleted == true;

    [SuppressMessage("Design", "CA1031", Justification = "The end of foreign code: whatever it throws, the other sources are closed too.")]
    private async Task CloseSourcesAsync()
    {
        await Task.Yield();   // the last call's end does not wait for it
        foreach (var source in _sources)
        {
            try
            {
                await source.CloseAsync();
            }
            catch (Exception bug)
            {
                _logger.SourceNotClosed(bug, source.Name);
            }
        }
    }

    private static string[] Lines(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
