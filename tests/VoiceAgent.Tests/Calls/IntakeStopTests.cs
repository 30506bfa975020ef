using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

/// <summary>Who has no further calls taken, where several have a hand in it.</summary>
public sealed class IntakeStopTests
{
    private static readonly DateTimeOffset Night = new(2026, 1, 31, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_stop_stays_that_of_the_first_until_somebody_takes_calls_again()
    {
        var calls = new CallTable(maxCalls: 2);
        Assert.Null(calls.Stopped);
        calls.Pause(new IntakeStop("anna", Night));
        calls.Pause(new IntakeStop("voiceagent drain", Night.AddMinutes(5)));
        Assert.Equal(new IntakeStop("anna", Night), calls.Stopped);
        Assert.False(calls.TryAdmit());

        calls.Resume();
        Assert.Null(calls.Stopped);
        Assert.True(calls.TryAdmit());
    }

    [Fact]
    public void Where_the_service_itself_stops_it_is_nobody_elses_stop_and_cannot_be_taken_back()
    {
        var calls = new CallTable(maxCalls: 2);
        calls.Pause(new IntakeStop("anna", Night));
        calls.Close();
        Assert.Null(calls.Stopped);
        calls.Resume();
        Assert.True(calls.IsDraining);
    }
}
