using Support;
using Telephony.Calls;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;
using VoiceAgent.Tests.VirtualCalls;
using static VoiceAgent.Tests.PhoneTools.AttendedTransfer;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>A25, attended: the person is called and told first, and a caller whom they do not take is back with the agent within a second, and the agent knows why.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class AttendedTransferTests
{
    [Theory, InlineData(VirtualCall.TrunkThatHolds, true), InlineData("another", false), InlineData(null, false)]
    public async Task Caller_of_a_trunk_that_wants_it_is_on_hold_until_the_person_has_them(string? trunk, bool isHeld)
    {
        await using var phone = new PhoneCall(caller: VirtualLine.Somebody with { Trunk = trunk }).Begin();
        Assert.False(phone.Call.Line.IsHeldByUs);
        _ = Ask(phone);
        Assert.Equal(isHeld, phone.Call.Line.IsHeldByUs);
        await AcceptAsync(phone, phone.Call.Persons[0]);
        Assert.False(phone.Call.Line.IsHeldByUs);
    }

    [Fact]
    public async Task Caller_on_hold_is_taken_back_when_the_person_is_busy()
    {
        await using var phone = new PhoneCall(caller: VirtualLine.Somebody with { Trunk = VirtualCall.TrunkThatHolds }).Begin();
        var answer = Ask(phone);
        Assert.True(phone.Call.Line.IsHeldByUs);
        phone.Call.Persons[0].Refuse(CallEndReason.Busy, 486);
        AssertBack(phone, answer, ConsultEnd.Busy, "busy");
        Assert.False(phone.Call.Line.IsHeldByUs);
    }

    [Theory]
    [InlineData(CallEndReason.Busy, 486, ConsultEnd.Busy, "sales is busy")]
    [InlineData(CallEndReason.NoAnswer, 408, ConsultEnd.NoAnswer, "sales does not answer")]
    [InlineData(CallEndReason.Declined, 603, ConsultEnd.Refused, "sales could not be reached (603)")]
    [InlineData(CallEndReason.NotReachable, 503, ConsultEnd.NotReachable, "sales could not be reached (503)")]
    public async Task Caller_of_somebody_who_is_not_to_be_had_is_back_with_the_agent(CallEndReason reason, int statusCode, ConsultEnd end, string words)
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        phone.Call.Run(2_000);
        phone.Call.Persons[0].Refuse(reason, statusCode);
        AssertBack(phone, answer, end, words);
    }

    [Theory]
    [InlineData(DialRefusal.NotAllowed, ConsultEnd.NotAllowed, "sales cannot be called now")]
    [InlineData(DialRefusal.TooManyToNumber, ConsultEnd.NotAllowed, "sales cannot be called now")]
    [InlineData(DialRefusal.NoRoute, ConsultEnd.NotReachable, "sales could not be reached (NoRoute)")]
    [InlineData(DialRefusal.Unavailable, ConsultEnd.Failed, "sales could not be reached (Unavailable)")]
    public async Task Caller_of_somebody_who_may_not_be_called_is_back_with_the_agent(DialRefusal refusal, ConsultEnd end, string words)
    {
        await using var phone = new PhoneCall().Begin();
        phone.Call.DialRefusal = refusal;
        var answer = Announce(phone);
        phone.Call.RunUntil(() => phone.Call.Dialled.Count > 0, 4_000);
        AssertBack(phone, answer, end, words);
    }

    [Fact]
    public async Task Without_a_free_place_nobody_is_called()
    {
        await using var phone = new PhoneCall().Begin();
        Assert.True(phone.Call.Table.TryAdmit());
        var answer = Announce(phone);
        phone.Call.RunUntil(() => phone.Call.Dialled.Count > 0, 4_000);
        AssertBack(phone, answer, ConsultEnd.Failed, "sales could not be reached", places: 1);
        Assert.Empty(phone.Call.Persons);
    }

    [Theory]
    [InlineData("""{"reason":"in a\nmeeting"}""", "(in a meeting)")]
    [InlineData("""{"reason":"voice mail"}""", "(voice mail)")]
    [InlineData("{}", "did not take the call. Tell")]
    public async Task Caller_whom_the_person_declines_is_back_with_the_agent(string arguments, string words)
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        var briefing = await BriefAsync(phone, phone.Call.Persons[0]);
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Decline, arguments));
        AssertBack(phone, answer, ConsultEnd.Declined, words);
        Assert.True(phone.Call.Persons[0].WasLeftByUs);
        Assert.True(briefing.Closed.IsCompleted);
    }

    [Fact]
    public async Task Person_who_declines_hears_the_agent_out_while_the_caller_is_back_already()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        var person = phone.Call.Persons[0];
        var briefing = await BriefAsync(phone, person);
        var frame = person.Audible.Count;
        phone.Call.Do(briefing.SayAsync(Sentence, "Thank you, goodbye."));
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Decline, "{}"));
        AssertBack(phone, answer, ConsultEnd.Declined, "did not take", places: 1);
        Assert.Null(person.End);
        phone.Call.RunUntil(() => person.End is not null, 2_000);
        Assert.True(person.WasLeftByUs);
        Assert.InRange(person.Audible.Skip(frame).Count(audible => audible), 48, 52);
        phone.Call.Run(200);
        Assert.Equal(0, phone.Call.Table.Count);
    }

    [Fact]
    public async Task Person_who_declines_is_let_go_after_four_seconds_however_long_the_agent_talks()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        var person = phone.Call.Persons[0];
        var briefing = await BriefAsync(phone, person);
        phone.Call.Do(briefing.SayAsync(Tone.Sine(24_000, 500, 10 * 24_000, 6_000), "And by the way."));
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Decline, "{}"));
        var since = phone.Call.NowMs;
        AssertBack(phone, answer, ConsultEnd.Declined, "did not take", places: 1);
        phone.Call.RunUntil(() => person.End is not null, 5_000);
        Assert.InRange(phone.Call.NowMs - since, 3_500, 4_300);
    }

    [Fact]
    public async Task Person_who_hangs_up_before_the_decision_has_declined()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        await BriefAsync(phone, phone.Call.Persons[0]);
        phone.Call.Persons[0].HangUp();
        AssertBack(phone, answer, ConsultEnd.Declined, "(hung up)");
    }

    [Fact]
    public async Task Person_who_never_decides_is_let_go_after_a_minute()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        await BriefAsync(phone, phone.Call.Persons[0]);
        phone.Call.RunUntil(() => phone.Call.Persons[0].End is not null, 61_000);
        AssertBack(phone, answer, ConsultEnd.Declined, "no decision");
    }

    [Fact]
    public async Task Without_a_session_for_the_person_the_caller_is_back_with_the_agent()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        phone.Call.Persons[0].PickUp();
        phone.Call.Run(200);
        var briefing = phone.Call.Session;
        phone.Call.Live.Faults.RefuseWithStatus = 503;
        phone.Call.Do(briefing.CloseAsync(1008, "no"));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Listening, 60_000);
        Assert.Contains("no Live session", PhoneCall.Words(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_who_hangs_up_while_it_rings_ends_the_ringing()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone);
        phone.Call.Run(1_000);
        phone.Call.Line.HangUp();
        phone.Call.Run(200);
        Assert.Equal(CallEndReason.GivenUp, phone.Call.Persons[0].End);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
        AssertOver(phone, EndReason.CallerHungUp);
        Assert.Equal(ConsultEnd.GivenUp, Assert.Single(phone.Call.Record.Consultations).End);
    }

    [Fact]
    public async Task Caller_who_hangs_up_during_the_briefing_ends_it()
    {
        await using var phone = new PhoneCall().Begin();
        _ = Ask(phone);
        await BriefAsync(phone, phone.Call.Persons[0]);
        phone.Call.Line.HangUp();
        phone.Call.Run(200);
        Assert.Equal(CallEndReason.AgentHungUp, phone.Call.Persons[0].End);
        AssertOver(phone, EndReason.CallerHungUp);
    }

    [Fact]
    public async Task Waiting_sound_comes_back_after_the_agent_has_spoken_in_between()
    {
        await using var phone = new PhoneCall().Begin();
        var caller = phone.Call.Session;
        _ = Ask(phone);
        phone.Call.Run(1_000);
        phone.Call.Do(caller.SayAsync(Sentence, "One moment."));
        phone.Call.Run(2_500);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(8_000);
        Assert.InRange(phone.Call.LongestSilenceMs(frame), 0, 3_000);
        Assert.Equal(CallState.Consulting, phone.Call.State);
    }

    [Fact]
    public async Task Second_try_after_a_failed_one_reaches_the_person()
    {
        await using var phone = new PhoneCall().Begin();
        var caller = phone.Call.Session;
        var answer = Ask(phone);
        phone.Call.Persons[0].Refuse(CallEndReason.Busy, 486);
        AssertBack(phone, answer, ConsultEnd.Busy, "busy");
        phone.Call.Do(caller.SayAsync(Sentence, "I try again."));
        phone.Call.Run(300);
        _ = phone.Ask(control => control.TransferAsync("sales", Sales, "", default));
        phone.Call.RunUntil(() => phone.Call.Persons.Count == 2, 5_000);
        await AcceptAsync(phone, phone.Call.Persons[1]);
        Assert.Equal([ConsultEnd.Busy], phone.Call.Record.Consultations.Select(entry => entry.End));
    }
}
