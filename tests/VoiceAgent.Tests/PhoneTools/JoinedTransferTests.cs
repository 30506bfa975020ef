using Telephony.Calls;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;
using VoiceAgent.Tests.VirtualCalls;
using static VoiceAgent.Tests.PhoneTools.AttendedTransfer;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>A25, attended: the person takes the caller, both hear each other, and whoever is left goes on or is let go.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class JoinedTransferTests
{
    [Fact]
    public async Task Person_is_told_takes_the_caller_and_both_hear_each_other()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = Ask(phone, "Mrs Jones wants ten boxes.");
        var person = Assert.Single(phone.Call.Persons);
        var dialled = Assert.Single(phone.Call.Dialled);
        Assert.Equal(("+49301234567", null, TimeSpan.FromSeconds(20), false), (dialled.Target, dialled.Trunk, dialled.RingTimeout, dialled.MayRefer));
        Assert.Equal(1, phone.Call.Table.Count);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(4_000);
        Assert.InRange(phone.Call.LongestSilenceMs(frame + 10), 0, 3_000);   // the waiting sound

        var briefing = await BriefAsync(phone, person);
        Assert.Contains("Mrs Jones wants ten boxes.", briefing.Messages[0].Json, StringComparison.Ordinal);
        Assert.Contains(person.Audible, audible => audible);
        Assert.False(answer.IsCompleted);
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Accept));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Joined, 5_000);
        phone.Call.Run(500);

        Assert.Contains("handed over", PhoneCall.Words(answer), StringComparison.Ordinal);
        Assert.True(briefing.Closed.IsCompleted);
        Assert.Single(phone.Call.Live.Sessions, session => !session.Closed.IsCompleted);   // the caller may come back to it
        AssertHeard(phone, from: phone.Call.Line, to: person);
        AssertHeard(phone, from: person, to: phone.Call.Line);

        phone.Call.Line.HangUp();
        phone.Call.Run(200);
        Assert.True(person.WasLeftByUs);
        AssertOver(phone, EndReason.Transferred);
        var entry = Assert.Single(phone.Call.Record.Consultations);
        Assert.Equal(("sales", ConsultEnd.Joined), (entry.Name, entry.End));
        Assert.InRange(entry.JoinedMs!.Value, 3_000, 6_000);
        Assert.InRange(entry.AnsweredAfterMs!.Value, 4_000, 4_200);
        Assert.NotNull(entry.Usage);
    }

    [Fact]
    public async Task Caller_whom_the_person_leaves_is_back_with_the_agent_and_told()
    {
        await using var phone = new PhoneCall().Begin();
        var agent = phone.Call.Session;
        var person = await JoinAsync(phone);
        var since = phone.Call.NowMs;
        person.HangUp();
        phone.Call.RunUntil(() => phone.Call.State == CallState.Listening, 1_000);
        phone.Call.RunUntil(() => agent.Messages.Any(message => message.Json.Contains("is no longer on the line", StringComparison.Ordinal)), 1_000);
        Assert.InRange(phone.Call.NowMs - since, 0, 1_000);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Do(agent.SayAsync(Sentence, "They are gone."));
        phone.Call.Run(1_500);
        Assert.InRange(phone.Call.Line.Audible.Skip(frame).Count(audible => audible), 49, 52);
        Assert.Null(phone.Call.Line.End);
        Assert.Equal(0, phone.Call.Table.Count);

        phone.Call.Line.HangUp();
        phone.Call.Run(200);
        AssertOver(phone, EndReason.CallerHungUp);
        Assert.Equal(ConsultEnd.Joined, Assert.Single(phone.Call.Record.Consultations).End);
    }

    [Fact]
    public async Task Words_of_the_agent_that_nobody_heard_are_not_played_to_a_caller_who_is_back()
    {
        await using var phone = new PhoneCall().Begin();
        var agent = phone.Call.Session;
        var person = await JoinAsync(phone);
        phone.Call.Do(agent.SayAsync(Sentence, "You are connected."));
        phone.Call.Run(1_500);
        var frame = phone.Call.Line.Audible.Count;
        person.HangUp();
        phone.Call.Run(1_500);
        Assert.DoesNotContain(true, phone.Call.Line.Audible.Skip(frame + 5));
        Assert.Equal(CallState.Listening, phone.Call.State);
    }

    [Fact]
    public async Task Caller_who_is_back_can_be_handed_to_a_person_again()
    {
        await using var phone = new PhoneCall().Begin();
        var agent = phone.Call.Session;
        var person = await JoinAsync(phone);
        person.HangUp();
        phone.Call.RunUntil(() => phone.Call.State == CallState.Listening, 1_000);
        phone.Call.Do(agent.SayAsync(Sentence, "I try again."));
        phone.Call.Run(300);
        _ = phone.Ask(control => control.TransferAsync("sales", Sales, "", default));
        phone.Call.RunUntil(() => phone.Call.Persons.Count == 2, 5_000);
        await AcceptAsync(phone, phone.Call.Persons[1]);
        AssertHeard(phone, from: phone.Call.Line, to: phone.Call.Persons[1]);
    }

    [Fact]
    public async Task Caller_who_held_the_line_when_the_person_left_finds_the_agent_when_they_are_back()
    {
        await using var phone = new PhoneCall().Begin();
        var person = await JoinAsync(phone);
        phone.Call.Line.Hold(true);
        person.HangUp();
        phone.Call.RunUntil(() => phone.Call.State == CallState.OnHold, 1_000);
        phone.Call.Line.Hold(false);
        phone.Call.RunUntil(() => phone.Call.State == CallState.Listening, 1_000);
    }

    [Fact]
    public async Task Keys_go_both_ways_once_they_are_joined()
    {
        await using var phone = new PhoneCall().Begin();
        var person = await JoinAsync(phone);
        phone.Call.Line.Press('5');
        person.Press('#');
        phone.Call.Run(100);
        Assert.Equal("5", Assert.Single(person.SentDigits).Text);
        Assert.Equal("#", Assert.Single(phone.Call.Line.SentDigits).Text);
    }

    // A tone is in the audio that goes to the other one; as a digit it would come twice.
    [Fact]
    public async Task Tones_go_with_the_audio_alone_once_they_are_joined()
    {
        await using var phone = new PhoneCall().Begin();
        var person = await JoinAsync(phone);
        phone.Call.Line.Press('5', DigitSource.Tone);
        person.Press('#', DigitSource.Tone);
        phone.Call.Line.Press('7', DigitSource.Info);
        phone.Call.Run(100);
        Assert.Equal("7", Assert.Single(person.SentDigits).Text);
        Assert.Empty(phone.Call.Line.SentDigits);
    }

    [Fact]
    public async Task Person_who_agrees_in_the_moment_in_which_the_caller_leaves_is_let_go()
    {
        await using var phone = new PhoneCall().Begin();
        _ = Ask(phone);
        var person = phone.Call.Persons[0];
        var briefing = await BriefAsync(phone, person);
        phone.Call.Do(briefing.CallToolAsync(BriefingWords.Accept));
        phone.Call.Line.HangUp();
        phone.Call.Run(300);
        Assert.True(person.WasLeftByUs);
        AssertOver(phone, phone.Call.Record.EndReason!.Value);
        Assert.Single(phone.Call.Record.Consultations);
    }

    [Fact]
    public async Task Stop_of_the_service_ends_both_calls()
    {
        await using var phone = new PhoneCall().Begin();
        var person = await JoinAsync(phone);
        phone.Call.Stop();
        phone.Call.Run(200);
        Assert.True(person.WasLeftByUs);
        Assert.Equal(CallEndReason.AgentHungUp, phone.Call.Line.End);
        AssertOver(phone, EndReason.Transferred);
    }

    [Fact]
    public async Task Longest_duration_counts_while_they_are_joined()
    {
        await using var phone = new PhoneCall(new CallOptions { MaxDuration = TimeSpan.FromSeconds(30) }).Begin();
        var person = await JoinAsync(phone);
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 30_000);
        phone.Call.Run(100);
        Assert.InRange(phone.Call.Record.DurationMs, 29_900, 30_300);
        Assert.True(person.WasLeftByUs);
        Assert.Equal(0, phone.Call.Table.Count);
    }
}
