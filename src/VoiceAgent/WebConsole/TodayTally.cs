using VoiceAgent.Calls;

namespace VoiceAgent.WebConsole;

/// <summary>Adds up what today's calls came to.</summary>
/// <remarks>Told on the calls' loops, read by any thread.</remarks>
internal sealed class TodayTally(TimeProvider time) : ICallObserver
{
    private readonly Lock _gate = new();
    private TodayView _today = new(time.GetUtcNow(), 0, 0, 0, 0, null);

    /// <summary>Today's sums so far.</summary>
    public TodayView Today
    {
        get
        {
            lock (_gate)
                return _today = Current();
        }
    }

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record)
    {
        lock (_gate)
        {
            var today = Current();
            _today = today with
            {
                Calls = today.Calls + 1,
                Answered = today.Answered + (record.AnsweredAfterMs is null ? 0 : 1),
                Minutes = today.Minutes + record.DurationMs / 60_000,
                Tokens = today.Tokens + (record.Usage?.TotalTokens ?? 0),
                CostUsd = record.Usage?.CostUsd is { } cost ? (today.CostUsd ?? 0) + cost : today.CostUsd,
            };
        }
    }

    private TodayView Current()
    {
        var midnight = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        return _today.Since >= midnight ? _today : new TodayView(midnight, 0, 0, 0, 0, null);
    }
}
