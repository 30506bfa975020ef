using System.Collections.Concurrent;

namespace GeminiLive;

/// <summary>What the sessions of a process know together about the targets: one <see cref="LiveBreaker"/> each, and counts for metrics.</summary>
/// <remarks>Any thread; one per process, owned by the factory.</remarks>
internal sealed class LiveConnectGate(TimeProvider timeProvider, ILogger? logger = null)
{
    private readonly ConcurrentDictionary<string, LiveBreaker> _breakers = new(StringComparer.Ordinal);
    private long _attempts;
    private long _failures;
    private long _fallbacks;

    /// <summary>What spreads attempts over time, so that the sessions of a server that is down do not all come back at once.</summary>
    public Random Spread { get; init; } = Random.Shared;

    /// <summary>The counts so far.</summary>
    public LiveConnectCounts Counts => new(
        Volatile.Read(ref _attempts), Volatile.Read(ref _failures), Volatile.Read(ref _fallbacks),
        _breakers.Values.Sum(breaker => (long)breaker.Openings), _breakers.Values.Count(breaker => breaker.IsOpen));

    /// <summary>Targets that are taken for down.</summary>
    public IReadOnlyList<string> Down => [.. _breakers.Where(breaker => breaker.Value.IsOpen).Select(breaker => breaker.Key).Order(StringComparer.Ordinal)];

    /// <summary>The breaker of a target: another key or model at the same address may serve while this one does not.</summary>
    public LiveBreaker For(LiveTarget target) =>
        _breakers.GetOrAdd($"{target.Name} {target.Model} {target.Endpoint.GetLeftPart(UriPartial.Path)}", static (_, clock) => new LiveBreaker(clock), timeProvider);

    /// <summary>Counts an attempt and tells the breaker how it ended.</summary>
    /// <param name="target">Where it went.</param>
    /// <param name="failure">Null after success.</param>
    public void Report(LiveTarget target, LiveFailure? failure)
    {
        Interlocked.Increment(ref _attempts);
        if (failure is not null)
        {
            ReportFailure(target, failure);
            return;
        }
        if (target.Name != LiveOptions.Section)
            Interlocked.Increment(ref _fallbacks);
        if (For(target).Succeeded())
            logger?.ServesAgain(target.Name, target.Model, target.Endpoint.Authority);
    }

    private void ReportFailure(LiveTarget target, LiveFailure failure)
    {
        Interlocked.Increment(ref _failures);
        var isItsFault = failure.Kind is LiveFailureKind.Unreachable or LiveFailureKind.Unavailable or LiveFailureKind.QuotaSpent or LiveFailureKind.SetupTimedOut;
        if (isItsFault && For(target).Failed())
            logger?.TakenForDown(target.Name, target.Model, target.Endpoint.Authority, failure.Kind, failure.Code, failure.Detail);
    }
}
