using Telephony.Calls;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>end_call: the caller hears the goodbye to its end, and is not hung up on while they speak.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class EndCallTests
{
    [Fact]
    public async Task Call_ends_after_the_goodbye_has_been_heard()
    {
        await using var phone = new PhoneCall().Begin();
        var frame = phone.Call.Line.Audible.Count;
        phone.Speak();
        var answer = phone.Ask(control => control.EndAsync("the caller has\nall they need", default));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 5_000);
        phone.Call.Run(100);

        Assert.InRange(phone.AudibleMs(frame), 1_980, 2_020);
        Assert.InRange(phone.SilenceAtTheEndMs, 500, 1_400);
        Assert.Equal(CallEndReason.AgentHungUp, phone.Call.Line.End);
        Assert.Equal(EndReason.AgentHungUp, phone.Call.Record.EndReason);
        Assert.Equal("The call has ended.", PhoneCall.Words(answer));
        Assert.Contains(phone.Call.Record.Timeline, entry => entry.Text.StartsWith("the agent hangs up: the caller has", StringComparison.Ordinal));
        Assert.Empty(phone.Call.Record.Silences);
    }

    [Fact]
    public async Task Goodbye_that_was_heard_before_is_enough()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        phone.Call.Run(5_000);
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 500);
    }

    [Fact]
    public async Task Turn_that_the_model_leaves_open_is_over_when_nothing_more_comes()
    {
        await using var phone = new PhoneCall().Begin();
        phone.Call.Do(phone.Call.Session.CallToolAsync("end_call"));   // so that the turn stays open
        phone.Speak();
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 5_000);
        Assert.InRange(phone.SilenceAtTheEndMs, 500, 1_400);
    }

    [Fact]
    public async Task Caller_who_cuts_in_keeps_the_call_and_the_model_is_told()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        var answer = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Do(phone.Call.Session.InterruptAsync());
        phone.Call.Run(10_000);

        Assert.Null(phone.Call.Line.End);
        Assert.StartsWith("The caller has begun to speak, so the call was not ended.", PhoneCall.Words(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_who_speaks_into_the_end_of_the_goodbye_keeps_the_call()
    {
        await using var phone = new PhoneCall().Begin();
        phone.Speak();
        var answer = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Run(1_700);
        phone.Call.CallerSays(600);
        phone.Call.Run(10_000);
        Assert.Null(phone.Call.Line.End);
        Assert.Contains("was not ended", PhoneCall.Words(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_who_speaks_at_that_moment_is_listened_to()
    {
        await using var phone = new PhoneCall().Begin();
        phone.Call.Line.Say(1_000);
        phone.Call.Run(500);
        var answer = phone.Ask(control => control.EndAsync("", default));
        Assert.Contains("was not ended", PhoneCall.Words(answer), StringComparison.Ordinal);
        phone.Call.Run(8_000);
        Assert.Null(phone.Call.Line.End);
    }

    [Fact]
    public async Task Model_that_has_said_nothing_is_asked_for_its_goodbye()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = phone.Ask(control => control.EndAsync("", default));
        Assert.StartsWith("Say a short goodbye now", PhoneCall.Words(answer), StringComparison.Ordinal);
        phone.Call.Run(1_500);
        var frame = phone.Call.Line.Audible.Count;
        phone.Speak();
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 4_000);
        Assert.True(phone.AudibleMs(frame) >= 1_980);
        Assert.InRange(phone.SilenceAtTheEndMs, 500, 1_400);
    }

    [Fact]
    public async Task Goodbye_that_never_comes_is_not_waited_for_longer_than_six_seconds()
    {
        await using var phone = new PhoneCall().Begin();
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Run(5_900);
        Assert.Null(phone.Call.Line.End);
        phone.Call.Run(400);
        Assert.Equal(CallEndReason.AgentHungUp, phone.Call.Line.End);
        Assert.Equal(EndReason.AgentHungUp, phone.Call.Record.EndReason);
    }

    [Fact]
    public async Task Caller_who_speaks_before_the_goodbye_keeps_the_call_and_the_model_reads_it()
    {
        await using var phone = new PhoneCall().Begin();
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.CallerSays(800);
        phone.Call.Run(1_000);
        Assert.Null(phone.Call.Line.End);
        Assert.Contains("The caller has spoken, so the call was not ended and goes on.", phone.Written, StringComparison.Ordinal);
        phone.Speak("What else can I do?");
        phone.Call.Run(8_000);
        Assert.Null(phone.Call.Line.End);
    }

    [Fact]
    public async Task Wish_that_the_model_takes_back_is_forgotten()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        using var wish = new CancellationTokenSource();
        var answer = phone.Ask(control => control.EndAsync("", wish.Token));
        await wish.CancelAsync();
        phone.Call.Run(5_000);
        Assert.True(answer.IsCanceled);
        Assert.Null(phone.Call.Line.End);
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 1_000);
    }

    [Fact]
    public async Task Second_wish_meanwhile_is_told_of_the_first()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        var first = phone.Ask(control => control.EndAsync("", default));
        var second = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        Assert.Contains("being ended already", PhoneCall.Words(second), StringComparison.Ordinal);
        Assert.False(first.IsCompleted);
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 4_000);
    }

    [Fact]
    public async Task Caller_who_hangs_up_first_has_hung_up()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        var answer = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Line.HangUp();
        phone.Call.Run(100);
        Assert.Equal(EndReason.CallerHungUp, phone.Call.Record.EndReason);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
        Assert.Equal("The call is over.", PhoneCall.Words(phone.Control.EndAsync("", default)));
    }

    [Fact]
    public async Task Goodbye_is_heard_even_if_the_connection_to_the_model_is_lost_meanwhile()
    {
        await using var phone = new PhoneCall().Begin();
        var frame = phone.Call.Line.Audible.Count;
        phone.Speak();
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Live.Faults.RefuseWithStatus = 503;
        phone.Call.Do(phone.Call.Session.AbortAsync());
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 5_000);
        Assert.InRange(phone.AudibleMs(frame), 1_900, 2_020);
        phone.Call.Run(100);
        Assert.Equal(EndReason.AgentHungUp, phone.Call.Record.EndReason);
    }

    [Fact]
    public async Task Caller_who_has_us_on_hold_is_not_hung_up_on_before_they_are_back()
    {
        await using var phone = new PhoneCall().Begin().Speak();
        _ = phone.Ask(control => control.EndAsync("", default));
        phone.Call.Line.Hold(true);
        phone.Call.Run(10_000);
        Assert.Null(phone.Call.Line.End);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Line.Hold(false);
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 4_000);
        Assert.True(phone.AudibleMs(frame) > 1_500);
    }
}
