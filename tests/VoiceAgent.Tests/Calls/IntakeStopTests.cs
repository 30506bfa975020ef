using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

/// <summary>Who has no further calls taken, where several have a hand in it.</summary>
public sealed class IntakeStopTests
{
    private static readonly DateTimeOffset Night = new(2026, 1, 31, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Each_has_a_stop_of_their_own_and_takes_back_no_more_than_that_unless_they_say_so()
    {
        var calls = new CallTable(maxCalls: 2);
        Assert.Empty(calls.Stops);
        calls.Pause(new IntakeStop("anna", Night));
        calls.Pause(new IntakeStop("anna", Night.AddMinutes(1)));
        calls.Pause(new IntakeStop("voiceagent drain", Night.AddMinutes(5)));
        Assert.Equal([new IntakeStop("anna", Night), new IntakeStop("voiceagent drain", Night.AddMinutes(5))], calls.Stops);

        Assert.False(calls.Resume("anna"));
        Assert.Equal([new IntakeStop("voiceagent drain", Night.AddMinutes(5))], calls.Stops);
        Assert.False(calls.TryAdmit());

        calls.Resume();
        Assert.Empty(calls.Stops);
        Assert.True(calls.TryAdmit());
    }

    [Fact]
    public void Where_the_service_itself_stops_it_is_nobody_elses_stop_and_cannot_be_taken_back()
    {
        var calls = new CallTable(maxCalls: 2);
        calls.Pause(new IntakeStop("anna", Night));
        calls.Close();
        Assert.Empty(calls.Stops);
        calls.Resume();
        Assert.True(calls.IsDraining);
    }
}
