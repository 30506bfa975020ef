using Support;
using Telephony.Sip.Identity;
using Tools;
using Tools.Plugins;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>A24, A25: who called has handed the call to somebody else, and the agent goes on with them.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class HandedOverTests
{
    private static readonly Telephony.Calls.CallIdentity Customer = VirtualLine.Somebody with { CallId = "another", CallerNumber = "+49305556666", SipCallId = "sip-call-id-9" };

    [Fact]
    public async Task Agent_is_told_and_speaks_to_the_new_party_and_the_record_names_them()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.RunUntil(() => call.State == CallState.Listening, 5_000);
        call.Line.HandOver(Customer);
        call.RunUntil(() => call.Session.Messages.Any(message => message.Json.Contains("Somebody else is on the line", StringComparison.Ordinal)), 1_000);
        Assert.Equal("virtual1", call.Line.Call.CallId);
        Assert.Equal("+49305556666", call.Line.Call.CallerNumber);
        Assert.Contains(call.Record.Timeline, entry => entry.Text.Contains("+49305556666 is on the line now", StringComparison.Ordinal));
        Assert.Equal(CallState.Listening, call.State);
    }

    [Fact]
    public async Task What_the_agent_was_saying_is_not_heard_by_the_new_party()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.RunUntil(() => call.State == CallState.Listening, 5_000);
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 72_000, 6_000), "Your balance is one thousand."));
        call.RunUntil(() => call.State == CallState.Speaking, 1_000);
        call.Run(300);
        call.Line.HandOver(Customer);
        call.Run(60);
        var frame = call.Line.Audible.Count;
        call.Run(1_000);
        Assert.DoesNotContain(true, call.Line.Audible.Skip(frame));
    }

    [Fact]
    public async Task Tools_are_told_of_the_new_party_and_what_the_one_before_had_proven_or_asked_for_counts_no_more()
    {
        var seen = new List<(string Number, bool IsVerified)>();
        var tool = ToolMethods.From((ToolContext context) => { seen.Add((context.CallerNumber, context.CallerIsVerified)); return "done"; }, "look", "Looks.", new ToolPolicy());
        var verified = VirtualLine.Somebody with { CallerNumber = "+49301234", Caller = new CallerIdentity { Number = "+49301234", IsAsserted = true, Source = IdentitySource.PAssertedIdentity } };
        await using var call = new VirtualCall(caller: verified, tools: tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("look"));
        call.Run(300);
        call.Line.HandOver(Customer);
        call.Run(100);
        call.Do(call.Session.CallToolAsync("look"));
        call.Run(300);
        Assert.Equal([("+49301234", true), ("+49305556666", false)], seen);   // not the result of before, although the same was asked for
    }

    [Fact]
    public async Task New_party_that_is_not_held_any_more_is_greeted()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.RunUntil(() => call.State == CallState.Listening, 5_000);
        call.Line.Hold(true);
        call.RunUntil(() => call.State == CallState.OnHold, 1_000);
        call.Line.Hold(false);
        call.Line.HandOver(Customer);
        call.Run(100);
        Assert.Equal(CallState.Listening, call.State);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("Somebody else is on the line", StringComparison.Ordinal));
    }
}
