using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>hold_caller: a waiting sound instead of silence, until somebody speaks or the time is over.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class HoldCallerTests
{
    [Fact]
    public async Task Caller_hears_the_waiting_sound_until_the_time_is_over_and_nothing_else_is_done_about_the_silence()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        phone.Call.Run(3_000);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(27_000);
        Assert.False(answer.IsCompleted);
        Assert.InRange(phone.Call.LongestSilenceMs(frame), 0, 3_000);
        phone.Call.RunUntil(() => answer.IsCompleted, 3_000);
        Assert.Equal("The caller heard the waiting sound for 30 seconds. The time is over: speak to them now.", PhoneCall.Words(answer));
        Assert.Empty(phone.Call.Record.Silences);
        phone.Call.Run(500);
        Assert.False(phone.Call.Line.Audible[^1]);
    }

    [Fact]
    public async Task Model_that_stays_mute_afterwards_is_noticed()
    {
        await using var phone = new PhoneCall().Begin();
        phone.Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(10), default));
        phone.Call.RunUntil(() => answer.IsCompleted, 15_000);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(5_000);
        Assert.InRange(phone.Call.LongestSilenceMs(frame), 0, 3_000);
        Assert.NotEmpty(phone.Call.Record.Silences);
    }

    [Fact]
    public async Task Caller_who_speaks_ends_it()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        phone.Call.Run(12_000);
        phone.Call.CallerSays(600);
        phone.Call.Run(40);
        Assert.Equal("The caller heard the waiting sound for 10 seconds. They have begun to speak: listen and answer.", PhoneCall.Words(answer));
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(500);
        Assert.Equal(0, phone.AudibleMs(frame));
    }

    [Fact]
    public async Task Key_ends_it_too()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        phone.Call.Run(6_000);
        phone.Call.Line.Press('1');
        phone.Call.Run(40);
        Assert.EndsWith("They have pressed a key.", PhoneCall.Words(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_that_speaks_all_the_same_is_heard_and_ends_it()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        phone.Call.Run(6_000);
        phone.Speak("Still there?");
        phone.Call.Run(100);
        Assert.EndsWith("It ended because you spoke.", PhoneCall.Words(answer), StringComparison.Ordinal);
        phone.Call.Run(1_500);
        Assert.True(phone.Call.Line.Audible[^1]);
        phone.Call.Run(1_500);
        Assert.False(phone.Call.Line.Audible[^1]);
    }

    [Fact]
    public async Task Wish_that_is_taken_back_ends_the_sound()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        using var wish = new CancellationTokenSource();
        _ = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), wish.Token));
        phone.Call.Run(6_000);
        await wish.CancelAsync();
        phone.Call.Run(100);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(400);
        Assert.Equal(0, phone.AudibleMs(frame));
    }

    [Fact]
    public async Task Caller_who_hangs_up_ends_everything()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        phone.Call.Run(6_000);
        phone.Call.Line.HangUp();
        phone.Call.Run(100);
        Assert.Equal(EndReason.CallerHungUp, phone.Call.Record.EndReason);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
    }

    [Fact]
    public async Task Session_that_is_gone_for_good_ends_it_with_the_apology()
    {
        await using var phone = new PhoneCall(VirtualCall.NewOptions()).Begin().Speak("One moment.");
        var answer = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(60), default));
        phone.Call.Run(5_000);
        phone.Call.Live.Faults.RefuseWithStatus = 403;
        phone.Call.Do(phone.Call.Session.AbortAsync());
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 90_000);
        phone.Call.Run(100);
        Assert.Equal(EndReason.LiveLost, phone.Call.Record.EndReason);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
    }
}
