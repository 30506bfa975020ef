using Telephony.Sip.UserAgents;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>A25, blind. transfer_call: announced first, and a caller whom nobody takes comes back to the agent.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class TransferCallTests
{
    [Fact]
    public async Task Caller_is_handed_over_once_they_have_heard_it()
    {
        await using var phone = new PhoneCall().Begin();
        phone.Call.Line.TransferOutcome = new TransferOutcome(TransferEnd.Accepted, 200);
        var frame = phone.Call.Line.Audible.Count;
        phone.Speak("I connect you.");
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        phone.Call.Run(1_000);
        Assert.Null(phone.Call.Line.TransferredTo);
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 3_000);
        phone.Call.Run(100);

        Assert.Equal("+49301234567", phone.Call.Line.TransferredTo);
        Assert.InRange(phone.AudibleMs(frame), 1_980, 2_040);
        Assert.Equal(EndReason.Transferred, phone.Call.Record.EndReason);
        Assert.Contains("handed over", PhoneCall.Words(answer), StringComparison.Ordinal);
        Assert.Contains(phone.Call.Record.Timeline, entry => entry.Text == "transferring to +49301234567");
    }

    [Theory]
    [InlineData(TransferEnd.Refused, 405, "does not let you transfer")]
    [InlineData(TransferEnd.Failed, 486, "sales is busy")]
    [InlineData(TransferEnd.Failed, 480, "sales does not answer")]
    [InlineData(TransferEnd.Failed, 404, "sales could not be reached (404)")]
    [InlineData(TransferEnd.TimedOut, 408, "sales does not answer")]
    public async Task Caller_whom_nobody_takes_comes_back_to_the_agent(TransferEnd end, int statusCode, string words)
    {
        await using var phone = new PhoneCall().Begin().Speak("I connect you.");
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Transferring, 4_000);
        var frame = phone.Call.Line.Audible.Count;
        phone.Call.Run(10_000);
        Assert.InRange(phone.Call.LongestSilenceMs(frame + 10), 0, 3_000);   // the waiting sound
        Assert.False(answer.IsCompleted);
        phone.Call.Line.EndTransfer(new TransferOutcome(end, statusCode));
        phone.Call.Run(100);

        Assert.Equal(CallState.Listening, phone.Call.State);
        Assert.Contains(words, PhoneCall.Words(answer), StringComparison.Ordinal);
        Assert.Empty(phone.Call.Record.Silences);
        phone.Speak("I am sorry.");
        phone.Call.Run(3_000);
        Assert.Null(phone.Call.Line.End);
        Assert.False(phone.Call.Line.Audible[^1]);   // the waiting sound is over
    }

    [Fact]
    public async Task Model_that_has_said_nothing_announces_first_and_reads_of_a_failure()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        Assert.StartsWith("Tell the caller in one sentence that you connect them to sales", PhoneCall.Words(answer), StringComparison.Ordinal);
        phone.Speak("I connect you.");
        phone.Call.RunUntil(() => phone.Call.State == CallState.Transferring, 4_000);
        phone.Call.Line.EndTransfer(new TransferOutcome(TransferEnd.Failed, 486));
        phone.Call.Run(1_000);
        Assert.Contains("(sales is busy. Tell the caller", phone.Written, StringComparison.Ordinal);
        // An answer is due: who waits for it hears that.
        phone.Call.Run(3_000);
        Assert.NotEmpty(phone.Call.Record.Silences);
    }

    [Fact]
    public async Task Caller_who_speaks_before_is_not_transferred()
    {
        await using var phone = new PhoneCall().Begin().Speak("I connect you.");
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        phone.Call.CallerSays(800);
        phone.Call.Run(8_000);
        Assert.Null(phone.Call.Line.TransferredTo);
        Assert.Contains("were not transferred", PhoneCall.Words(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wish_that_is_taken_back_once_the_device_was_asked_runs_on_and_its_failure_is_read()
    {
        await using var phone = new PhoneCall().Begin().Speak("I connect you.");
        using var wish = new CancellationTokenSource();
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", wish.Token));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Transferring, 4_000);
        await wish.CancelAsync();
        phone.Call.Run(100);
        Assert.True(answer.IsCanceled);
        phone.Call.Line.EndTransfer(new TransferOutcome(TransferEnd.Failed, 603));
        phone.Call.Run(500);
        Assert.Equal(CallState.Listening, phone.Call.State);
        Assert.Contains("sales could not be reached (603)", phone.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_who_hangs_up_during_the_transfer_has_hung_up()
    {
        await using var phone = new PhoneCall().Begin().Speak("I connect you.");
        var answer = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Transferring, 4_000);
        phone.Call.Line.HangUp();
        phone.Call.Run(100);
        Assert.Equal(EndReason.CallerHungUp, phone.Call.Record.EndReason);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
    }

    [Fact]
    public async Task Longest_duration_holds_again_after_a_failed_transfer()
    {
        await using var phone = new PhoneCall(new CallOptions { MaxDuration = TimeSpan.FromSeconds(30) }).Begin().Speak("I connect you.");
        _ = phone.Ask(control => control.TransferAsync("sales", PhoneCall.Sales, "", default));
        phone.Call.RunUntil(() => phone.Call.State == CallState.Transferring, 4_000);
        phone.Call.Line.EndTransfer(new TransferOutcome(TransferEnd.Failed, 486));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 30_000);
        phone.Call.Run(40);
        Assert.InRange(phone.Call.Record.DurationMs, 29_900, 30_200);
        Assert.Equal(EndReason.DurationLimit, phone.Call.Record.EndReason);
    }
}
