using GeminiLive;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Tests.WebConsole;

/// <summary>The sums of a day begin anew at midnight.</summary>
public sealed class TodayTallyTests
{
    [Fact]
    public void Calls_are_added_up_until_midnight()
    {
        var time = new ManualTimeProvider();
        var tally = new TodayTally(time);
        tally.OnEnded(Call(time, answered: true, tokens: 100));
        tally.OnEnded(Call(time, answered: false, tokens: 0));
        Assert.Equal((2, 1, 100), (tally.Today.Calls, tally.Today.Answered, tally.Today.Tokens));
        Assert.Equal(3, tally.Today.Minutes, 3);
        Assert.Null(tally.Today.CostUsd);

        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, tally.Today.Calls);
        Assert.Equal(TimeSpan.Zero, tally.Today.Since.TimeOfDay);
        tally.OnEnded(Call(time, answered: true, tokens: 7));
        Assert.Equal((1, 7), (tally.Today.Calls, tally.Today.Tokens));
    }

    private static CallRecord Call(ManualTimeProvider time, bool answered, long tokens) => new()
    {
        CallId = "a", SipCallId = "b", From = "sip:c", DialledNumber = "1", Agent = "reception", StartedAt = time.GetUtcNow(),
        AnsweredAfterMs = answered ? 1 : null, DurationMs = 90_000, Usage = new LiveUsageTotals { TotalTokens = tokens },
    };
}
