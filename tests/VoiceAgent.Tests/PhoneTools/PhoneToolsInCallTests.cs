using GeminiLive;
using Support;
using Telephony.Calls;
using Telephony.Sip.UserAgents;
using Tools;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.PhoneTools;
using VoiceAgent.Tests.ToolCalls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.PhoneTools;

/// <summary>The model itself calls the phone tools: declaration, call, what happens on the line, answer, record.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class PhoneToolsInCallTests
{
    private static readonly short[] Sentence = Tone.Sine(24_000, 500, 24_000 * 2, 6_000);

    [Theory]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-2.5-flash-native-audio-preview-09-2025")]
    [InlineData("gemini-3.8-live-extended-thinking")]
    public async Task Goodbye_and_end_call_in_one_turn_end_the_call(string model)
    {
        await using var call = Begin(model);
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Sentence, "Goodbye."));
        call.Do(call.Session.CallToolAsync("end_call", """{"reason":"all done"}"""));
        call.RunUntil(() => call.Line.End is not null, 6_000);
        call.Run(200);

        Assert.InRange(call.Line.Audible.Skip(frame).Count(audible => audible) * VirtualLine.FrameMs, 1_980, 2_020);
        Assert.Equal(EndReason.AgentHungUp, call.Record.EndReason);
        var entry = Assert.Single(call.Record.Tools);
        Assert.Equal(("end_call", ToolOutcome.Succeeded), (entry.Tool, entry.Outcome));
        Assert.Empty(call.Record.Silences);
        Assert.Empty(call.Ledger.Entries);
    }

    [Theory]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.8-live-extended-thinking")]
    public async Task End_call_without_a_word_is_answered_with_the_request_for_one(string model)
    {
        await using var call = Begin(model);
        call.Do(call.Session.CallToolAsync("end_call"));
        call.Run(200);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("Say a short goodbye now", StringComparison.Ordinal));
        call.Run(800);
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Sentence, "Goodbye."));
        call.RunUntil(() => call.Line.End is not null, 6_000);
        Assert.InRange(call.Line.Audible.Skip(frame).Count(audible => audible) * VirtualLine.FrameMs, 1_980, 2_020);
        Assert.Equal(CallEndReason.AgentHungUp, call.Line.End);
    }

    [Theory]
    [InlineData("end_call", "{}", "Say a short goodbye now")]
    [InlineData("transfer_call", """{"target":"sales"}""", "Tell the caller in one sentence that you connect them to sales")]
    public async Task One_moment_before_a_result_is_no_goodbye(string leave, string arguments, string asked)
    {
        var book = new StagedTool("book", new ToolPolicy { Idempotent = true });
        await using var call = Begin("gemini-3.8-live", book.Tool);
        call.Do(call.Session.SayAsync(Sentence, "One moment."));
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(1_000);
        book.Complete("booked");   // while the words are still heard
        call.Run(100);
        call.Do(call.Session.CallToolAsync(leave, arguments));
        call.Run(200);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains(asked, StringComparison.Ordinal));
        call.Run(2_500);
        Assert.Null(call.Line.End);
        Assert.Null(call.Line.TransferredTo);

        call.Do(call.Session.SayAsync(Sentence, "It is booked. Goodbye."));
        call.RunUntil(() => call.Line.End is not null || call.Line.TransferredTo is not null, 4_000);
    }

    [Fact]
    public async Task Goodbye_after_a_result_is_enough_whatever_is_noted_meanwhile()
    {
        var book = new StagedTool("book", new ToolPolicy { Idempotent = true }, TimeSpan.Zero);
        await using var call = Begin("gemini-3.8-live", book.Tool);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(200);
        call.Do(call.Session.SayAsync(Sentence, "It is booked. Goodbye."));
        call.Do(call.Session.CallToolAsync("remember_note", """{"text":"booked"}"""));
        call.Run(200);
        call.Do(call.Session.CallToolAsync("end_call"));
        call.RunUntil(() => call.Line.End is not null, 4_000);
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains("Say a short goodbye now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Words_before_a_key_are_no_goodbye()
    {
        await using var call = Begin("gemini-3.8-live");
        call.Do(call.Session.SayAsync(Sentence, "Press one to book."));
        call.Run(3_000);
        call.Line.Press('1');
        call.Run(100);
        call.Do(call.Session.CallToolAsync("end_call"));
        call.Run(200);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("Say a short goodbye now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_who_cuts_in_is_answered_and_a_second_wish_ends_the_call()
    {
        await using var call = Begin("gemini-3.8-live");
        call.Do(call.Session.SayAsync(Sentence, "Goodbye."));
        call.Do(call.Session.CallToolAsync("end_call"));
        call.Run(800);
        call.CallerSays(1_000);
        call.Run(8_000);
        Assert.Null(call.Line.End);
        call.Do(call.Session.SayAsync(Sentence, "You are welcome. Goodbye."));
        call.Do(call.Session.CallToolAsync("end_call"));
        call.RunUntil(() => call.Line.End is not null, 6_000);
        call.Run(100);
        Assert.Equal(EndReason.AgentHungUp, call.Record.EndReason);
        Assert.Equal(ToolOutcome.Succeeded, call.Record.Tools[^1].Outcome);
        Assert.Equal(2, call.Record.Tools.Count);
    }

    [Fact]
    public async Task Transfer_that_fails_is_told_in_the_answer_and_the_conversation_goes_on()
    {
        await using var call = Begin("gemini-3.8-live");
        call.Line.TransferOutcome = new TransferOutcome(TransferEnd.Failed, 486);
        call.Do(call.Session.SayAsync(Sentence, "I connect you."));
        call.Do(call.Session.CallToolAsync("transfer_call", """{"target":"sales"}"""));
        call.Run(4_000);
        Assert.Equal("100", call.Line.TransferredTo);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("sales is busy", StringComparison.Ordinal));
        Assert.Equal(CallState.Listening, call.State);
        Assert.Equal(ToolOutcome.Failed, Assert.Single(call.Record.Tools).Outcome);
    }

    [Fact]
    public async Task Name_that_is_not_allowed_is_refused_with_those_that_are()
    {
        await using var call = Begin("gemini-3.8-live");
        call.Do(call.Session.CallToolAsync("transfer_call", """{"target":"+4990012345"}"""));
        call.Run(200);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("error", StringComparison.Ordinal) && message.Json.Contains("sales", StringComparison.Ordinal));
        call.Run(5_000);
        Assert.Null(call.Line.TransferredTo);
    }

    [Fact]
    public async Task Wait_and_note_are_in_the_record()
    {
        await using var call = Begin("gemini-3.8-live");
        call.Do(call.Session.SayAsync(Sentence, "Take your time."));
        call.Do(call.Session.CallToolAsync("remember_note", """{"text":"looks for the order number"}"""));
        call.Do(call.Session.CallToolAsync("hold_caller", """{"seconds":10}"""));
        call.Run(14_000);
        call.Line.HangUp();
        call.Run(200);
        Assert.Equal("looks for the order number", Assert.Single(call.Record.Notes).Text);
        Assert.Equal([ToolOutcome.Succeeded, ToolOutcome.Succeeded], call.Record.Tools.Select(tool => tool.Outcome));
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("waiting sound for 10 seconds", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("end_call", "{}")]
    [InlineData("transfer_call", """{"target":"sales"}""")]
    [InlineData("send_digits", """{"digits":"12"}""")]
    [InlineData("hold_caller", "{}")]
    public async Task Caller_who_hangs_up_meanwhile_leaves_nothing_behind(string tool, string arguments)
    {
        await using var call = Begin("gemini-3.8-live");
        call.Do(call.Session.SayAsync(Sentence, "One moment."));
        call.Do(call.Session.CallToolAsync(tool, arguments));
        call.Run(3_000);
        call.Line.HangUp();
        call.Run(200);
        Assert.NotEqual(ToolOutcome.Running, Assert.Single(call.Record.Tools).Outcome);
        Assert.NotNull(call.Record.EndReason);
    }

    private static VirtualCall Begin(string model, params Tool[] others)
    {
        var agent = new AgentProfile { Greeting = "", Transfers = { ["sales"] = new() { Target = "100" } } };
        var call = new VirtualCall(agent: agent, liveOptions: new LiveOptions { Model = model }, tools: [.. PhoneFunctions.Unbound, .. others]);
        call.Start();
        call.CallerSays(1_000);
        call.Run(600);
        return call;
    }
}
