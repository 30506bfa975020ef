using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace Tools.Http;

/// <summary>One circuit breaker per host, for all sources of the process and over reloads: a host that keeps failing is left alone for a while.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class HostBreakers(TimeProvider time, ILogger logger)
{
    private const double FailureRatio = 0.5;
    private const int FewestRequests = 5;

    // Hosts come from the configuration and from places in it; more than this share one breaker.
    private const int MaxHosts = 1_000;

    private static readonly TimeSpan Sampled = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpOutcome>> _breakers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The breaker of an address.</summary>
    public ResiliencePipeline<HttpOutcome> Of(Uri address)
    {
        var host = address.GetLeftPart(UriPartial.Authority);
        return _breakers.TryGetValue(host, out var breaker) ? breaker
            : _breakers.GetOrAdd(_breakers.Count < MaxHosts ? host : "other hosts", Create);
    }

    private ResiliencePipeline<HttpOutcome> Create(string host) => new ResiliencePipelineBuilder<HttpOutcome> { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpOutcome>
        {
            FailureRatio = FailureRatio,
            MinimumThroughput = FewestRequests,
            SamplingDuration = Sampled,
            BreakDuration = Pause,
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.IsServerFault == true),
            OnOpened = _ => Told(() => logger.BreakerOpened(host, Pause.TotalSeconds)),
            OnClosed = _ => Told(() => logger.BreakerClosed(host)),
        })
        .Build();

    private static ValueTask Told(Action log)
    {
        log();
        return ValueTask.CompletedTask;
    }
}
