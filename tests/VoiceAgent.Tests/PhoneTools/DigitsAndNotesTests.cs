using Telephony.Rtp;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>send_digits and remember_note in a call.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class DigitsAndNotesTests
{
    [Fact]
    public async Task Digits_go_out_after_the_agents_words_and_the_result_comes_when_they_have()
    {
        await using var phone = new PhoneCall().Begin().Speak("I press one.");
        var answer = phone.Ask(control => control.SendDigitsAsync(Digits("1,2#"), default));
        phone.Call.Run(1_000);
        Assert.Empty(phone.Call.Line.SentDigits);
        phone.Call.Run(2_000);
        Assert.Equal("1,2#", Assert.Single(phone.Call.Line.SentDigits).Text);
        phone.Call.Run(8_000);
        Assert.False(answer.IsCompleted);
        Assert.Empty(phone.Call.Record.Silences);
        phone.Call.Line.FinishDigits();
        phone.Call.Run(100);
        Assert.Equal("Sent: 1,2#", PhoneCall.Words(answer));
        Assert.Contains(phone.Call.Record.Timeline, entry => entry.Text == "sending 4 digits");
    }

    [Fact]
    public async Task End_of_digits_that_nobody_waits_for_any_more_is_not_taken_for_that_of_others()
    {
        await using var phone = new PhoneCall().Begin();
        using var wish = new CancellationTokenSource();
        _ = phone.Ask(control => control.SendDigitsAsync(Digits("11"), wish.Token));
        phone.Call.Run(500);
        await wish.CancelAsync();
        phone.Call.Run(100);
        var second = phone.Ask(control => control.SendDigitsAsync(Digits("22"), default));
        phone.Call.Run(500);
        phone.Call.Line.FinishDigits();
        phone.Call.Run(100);
        Assert.Equal("Sent: 22", PhoneCall.Words(second));
    }

    [Fact]
    public async Task Caller_who_hangs_up_meanwhile_has_hung_up()
    {
        await using var phone = new PhoneCall().Begin();
        var answer = phone.Ask(control => control.SendDigitsAsync(Digits("1"), default));
        phone.Call.Run(500);
        phone.Call.Line.HangUp();
        phone.Call.Run(100);
        Assert.Equal("The call is over.", PhoneCall.Words(answer));
        Assert.Equal(EndReason.CallerHungUp, phone.Call.Record.EndReason);
    }

    [Fact]
    public async Task Notes_go_into_the_record_until_there_are_too_many()
    {
        await using var phone = new PhoneCall().Begin();
        for (var i = 0; i < 50; i++)
            Assert.Equal("Noted.", PhoneCall.Words(phone.Ask(control => control.NoteAsync($"note {i}", default))));
        Assert.Contains("No more notes", PhoneCall.Words(phone.Ask(control => control.NoteAsync("one more", default))), StringComparison.Ordinal);
        phone.Call.Line.HangUp();
        phone.Call.Run(100);
        Assert.Equal(50, phone.Call.Record.Notes.Count);
        Assert.Equal("note 0", phone.Call.Record.Notes[0].Text);
        Assert.Contains("\"notes\":", RecordFile.ToJson(phone.Call.Record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_number_is_neither_in_a_note_nor_in_a_reason_nor_in_what_was_said()
    {
        const string Card = "4111 1111 1111 1111";
        await using var phone = new PhoneCall().Begin();
        _ = phone.Ask(control => control.NoteAsync($"pays with {Card}", default));
        phone.Call.Do(phone.Call.Session.SendTranscriptAsync($"It is {Card}."));
        phone.Speak($"I wrote down {Card}.");
        _ = phone.Ask(control => control.EndAsync($"has given {Card}", default));
        phone.Call.RunUntil(() => phone.Call.Line.End is not null, 6_000);
        phone.Call.Run(100);

        var record = RecordFile.ToJson(phone.Call.Record);
        Assert.Equal("pays with ***", Assert.Single(phone.Call.Record.Notes).Text);
        Assert.Contains("I wrote down ***.", record, StringComparison.Ordinal);
        Assert.Contains("the agent hangs up: has given ***", record, StringComparison.Ordinal);
        Assert.DoesNotContain("1111", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Note_waits_for_nothing_else()
    {
        await using var phone = new PhoneCall().Begin().Speak("One moment.");
        _ = phone.Ask(control => control.HoldAsync(TimeSpan.FromSeconds(30), default));
        Assert.Equal("Noted.", PhoneCall.Words(phone.Ask(control => control.NoteAsync("in a hurry", default))));
    }

    private static DigitSequence Digits(string text)
    {
        Assert.True(DigitSequence.TryParse(text, 100, 100, out var digits));
        return digits;
    }
}
