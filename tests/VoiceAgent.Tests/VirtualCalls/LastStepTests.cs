using Telephony.Calls;
using Telephony.Sip.UserAgents;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>What becomes of a caller whose Live session is gone for good.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class LastStepTests
{
    [Fact]
    public async Task Caller_hears_the_apology_and_is_transferred()
    {
        await using var call = new VirtualCall(options: VirtualCall.NewOptions(LastStep.Transfer, "+49301234567"));
        call.Line.TransferOutcome = new TransferOutcome(TransferEnd.Accepted, 200);
        LoseTheSession(call);

        Assert.Equal("+49301234567", call.Line.TransferredTo);
        Assert.Equal(CallEndReason.Transferred, call.Line.End);
        Assert.Equal(EndReason.Transferred, call.Record.EndReason);
        Assert.True(call.Line.Audible.TakeLast(150).Count(audible => audible) > 100, "the apology was not heard");
    }

    [Fact]
    public async Task Transfer_that_fails_ends_with_bye()
    {
        await using var call = new VirtualCall(options: VirtualCall.NewOptions(LastStep.Transfer, "sip:desk@example.com"));
        call.Line.TransferOutcome = new TransferOutcome(TransferEnd.Refused, 603);
        LoseTheSession(call);

        Assert.Equal("sip:desk@example.com", call.Line.TransferredTo);
        Assert.Equal(CallEndReason.AgentHungUp, call.Line.End);
        Assert.Equal(EndReason.LiveLost, call.Record.EndReason);
    }

    [Fact]
    public async Task Caller_hears_the_filler_while_a_transfer_takes_its_time_and_is_never_left_there()
    {
        await using var call = new VirtualCall(options: VirtualCall.NewOptions(LastStep.Transfer, "100"));
        LoseTheSession(call, limitMs: 400_000);

        Assert.Equal(CallEndReason.AgentHungUp, call.Line.End);
        Assert.InRange(call.LongestSilenceMs(call.Line.Audible.Count - 5_000), 0, 3_000);
    }

    [Fact]
    public async Task Agent_may_say_otherwise()
    {
        await using var call = new VirtualCall(
            options: VirtualCall.NewOptions(LastStep.Transfer, "100"), agent: new() { Greeting = "", LastStep = LastStep.HangUp });
        LoseTheSession(call);

        Assert.Null(call.Line.TransferredTo);
        Assert.Equal(CallEndReason.AgentHungUp, call.Line.End);
    }

    private static void LoseTheSession(VirtualCall call, int limitMs = 90_000)
    {
        call.Start();
        call.Live.Faults.RefuseWithStatus = 403;
        call.Do(call.Session.AbortAsync());
        call.RunUntil(() => call.Line.End is not null, limitMs);
        call.Run(100);
    }
}
