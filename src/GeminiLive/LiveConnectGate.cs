using System.Collections.Concurrent;

namespace GeminiLive;

/// <summary>What the sessions of a process know together about the endpoints: one <see cref="LiveBreaker"/> each, and counts for metrics.</summary>
/// <remarks>Any thread; one per process, owned by the factory.</remarks>
internal sealed class LiveConnectGate(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, LiveBreaker> _breakers = new(StringComparer.Ordinal);
    private long _attempts;
    private long _failures;

    /// <summary>Connections tried.</summary>
    public long Attempts => Volatile.Read(ref _attempts);

    /// <summary>Connections tried that became no session.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Endpoints taken for down at the moment.</summary>
    public int OpenBreakers => _breakers.Values.Count(breaker => breaker.IsOpen);

    /// <summary>The breaker of an endpoint.</summary>
    public LiveBreaker For(Uri endpoint) =>
        _breakers.GetOrAdd(endpoint.GetLeftPart(UriPartial.Path), static (_, clock) => new LiveBreaker(clock), timeProvider);

    /// <summary>Counts an attempt and tells the breaker how it ended.</summary>
    /// <param name="breaker">Of the endpoint.</param>
    /// <param name="failure">Null after success.</param>
    public void Report(LiveBreaker breaker, LiveFailure? failure)
    {
        Interlocked.Increment(ref _attempts);
        if (failure is null)
        {
            breaker.Succeeded();
            return;
        }
        Interlocked.Increment(ref _failures);
        if (failure.Kind is LiveFailureKind.Unreachable or LiveFailureKind.Unavailable or LiveFailureKind.QuotaSpent or LiveFailureKind.SetupTimedOut)
            breaker.Failed();
    }
}
