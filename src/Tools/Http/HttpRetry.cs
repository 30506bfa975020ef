using Polly;
using Polly.Retry;

namespace Tools.Http;

/// <summary>Tries a request again, with growing and jittered pauses or when the server says, as long as nothing can be done twice and time is left.</summary>
/// <remarks>Immutable; one per tool.</remarks>
internal sealed class HttpRetry
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly ResiliencePropertyKey<Tries> Key = new("tries");

    private readonly ResiliencePipeline<HttpOutcome> _pipeline;
    private readonly bool _isIdempotent;
    private readonly TimeProvider _time;

    public HttpRetry(int retries, bool isIdempotent, TimeProvider time)
    {
        (_isIdempotent, _time) = (isIdempotent, time);
        _pipeline = retries == 0 ? ResiliencePipeline<HttpOutcome>.Empty : new ResiliencePipelineBuilder<HttpOutcome> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpOutcome>
            {
                MaxRetryAttempts = retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                DelayGenerator = static arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
                ShouldHandle = arguments => ValueTask.FromResult(IsWorthIt(arguments.Outcome.Result, arguments.Context)),
            })
            .Build();
    }

    /// <summary>Runs tries until one is the last.</summary>
    /// <param name="attempt">One try.</param>
    /// <param name="timeLeft">Time for all of them.</param>
    /// <param name="limit">Ends when the time is up or the call is cancelled.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<HttpOutcome> RunAsync(Func<CancellationToken, Task<HttpOutcome>> attempt, TimeSpan timeLeft, CancellationToken limit, CancellationToken cancellation)
    {
        var tries = new Tries(_time.GetTimestamp(), timeLeft);
        var context = ResilienceContextPool.Shared.Get(limit);
        context.Properties.Set(Key, tries);
        try
        {
            return await _pipeline.ExecuteAsync(async inner => tries.Last = await attempt(inner.CancellationToken), context);
        }
        catch (OperationCanceledException) when (tries.Last is not null && !cancellation.IsCancellationRequested)
        {
            return tries.Last;   // the time was up in a pause
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private bool IsWorthIt(HttpOutcome? outcome, ResilienceContext context)
    {
        if (outcome is not { IsTransient: true } || !(_isIdempotent || outcome.IsNothingDone))
            return false;
        var tries = context.Properties.GetValue(Key, null!);
        return _time.GetElapsedTime(tries.StartedAt) + (outcome.RetryAfter ?? FirstPause) < tries.TimeLeft;
    }

    private sealed class Tries(long startedAt, TimeSpan timeLeft)
    {
        public long StartedAt => startedAt;

        public TimeSpan TimeLeft => timeLeft;

        public HttpOutcome? Last { get; set; }
    }
}
