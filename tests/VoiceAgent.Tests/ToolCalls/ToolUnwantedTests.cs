using System.Text;
using GeminiLive;
using Support;
using Tools;
using Tools.Invocation;
using Tools.Plugins;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>Results that nobody takes: what was done for them is undone, and the call does not wait for what does not end.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolUnwantedTests
{
    private const string Without = "gemini-3.1-flash-live-preview";
    private const string Result = "R-4417";

    private static readonly short[] Words = Tone.Sine(24_000, 500, 24_000 * 3, 6_000);

    [Fact]
    public async Task Answer_that_crosses_the_withdrawal_of_its_call_is_undone()
    {
        var tool = new StagedTool("book", new ToolPolicy());
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book", id: "fc_7"));
        call.Run(100);
        tool.Complete(Result);
        call.Run(40);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));
        Withdraw(call, "fc_7");
        call.Run(100);
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Ledger.Entries).Outcome);
        call.Line.HangUp();
        call.Run(200);
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Record.Tools).Outcome);
    }

    [Fact]
    public async Task Result_that_waits_for_its_moment_is_undone_and_not_told_when_its_call_is_withdrawn()
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        await using var call = New(Without, tool);
        call.Start();
        call.Do(call.Session.SayAsync(Words, "I will book that."));
        call.Run(300);
        call.Do(call.Session.CallToolAsync("book", id: "fc_7"));
        call.Run(300);
        tool.Complete(Result);
        call.Run(200);
        Withdraw(call, "fc_7");
        call.Run(6_000);
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Ledger.Entries).Outcome);
    }

    [Fact]
    public async Task Work_is_withdrawn_when_the_caller_is_told_that_it_failed()
    {
        var tool = new StagedTool("book", new ToolPolicy());
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(100);
        Lose(call);
        call.RunUntil(() => call.State == CallState.Apologising, 20_000);
        call.Run(100);
        Assert.Equal((CallState.Apologising, 1), (call.State, tool.Cancelled));
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Ledger.Entries).Outcome);
    }

    [Fact]
    public async Task Result_that_the_session_does_not_take_any_more_is_undone()
    {
        var tool = new StagedTool("book", new ToolPolicy());
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        call.Run(600);
        call.Do(call.Session.CallToolAsync("book"));
        call.Do(call.Session.SayAsync(Words, "I connect you."));
        call.Run(300);
        var transfer = call.Control.TransferAsync("sales", new TransferOption { Target = "+49301234567" }, "", default);
        call.RunUntil(() => call.State == CallState.Transferring, 6_000);
        Lose(call);   // which a caller who is being transferred does not hear of
        call.Run(20_000);
        Assert.Equal((CallState.Transferring, false), (call.State, transfer.IsCompleted));
        tool.Complete(Result);
        call.Run(100);
        Assert.Equal(ToolOutcome.Compensated, Assert.Single(call.Ledger.Entries).Outcome);
        call.Line.HangUp();
        call.Run(200);
        var entry = Assert.Single(call.Record.Tools);
        Assert.Equal((ToolOutcome.Compensated, ToolDelivery.Never), (entry.Outcome, entry.Delivered));
    }

    [Fact]
    public async Task Result_in_words_is_not_told_while_the_model_waits_for_another_call()
    {
        var slow = new StagedTool("book", new ToolPolicy { Behavior = ToolBehavior.NonBlocking });
        var waitedFor = new StagedTool("look", new ToolPolicy());
        await using var call = New(Without, slow, waitedFor);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(300);
        call.Do(call.Session.SayAsync(Words, "I book it."));
        call.Run(4_000);
        call.Do(call.Session.CallToolAsync("look"));   // without a word: no turn is open
        call.Run(500);
        slow.Complete(Result);
        call.Run(10_000);
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));
        waitedFor.Complete("found");
        call.Run(500);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains("found", StringComparison.Ordinal));
        Assert.DoesNotContain(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));   // its answer is due
        call.Do(call.Session.SayAsync(Words, "I found it."));
        call.Run(3_500);
        Assert.Contains(call.Session.Messages, message => message.Json.Contains(Result, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tool_that_does_not_stop_holds_up_neither_the_record_nor_the_place_of_its_call(bool isUndoing)
    {
        var goOn = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var policy = new ToolPolicy { Timeout = TimeSpan.FromMinutes(5) };
        var tool = isUndoing
            ? new StagedTool("book", policy).Tool with { Compensate = async (_, _, _, _) => await goOn.Task }
            : ToolMethods.From(() => goOn.Task, "book", "Books.", policy);
        var call = new VirtualCall(tools: tool);
        call.Start();
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(100);
        call.Line.HangUp();
        call.Run(5_100);
        Assert.True(call.Record.DurationMs > 0, "no record");
        Assert.Equal("book", Assert.Single(call.Record.Tools).Tool);
        await call.DisposeAsync();
        Assert.True(call.NowMs < 20_000, $"its place was taken until {call.NowMs} ms");
        Assert.Equal(isUndoing ? 0 : 1, call.ToolSetsReturned);   // what undoes needs its tool
        goOn.SetResult("done");
    }

    [Fact]
    public async Task Model_that_calls_what_does_not_exist_is_told_what_does()
    {
        await using var call = New("gemini-3.8-live", new StagedTool("book", new ToolPolicy()), new StagedTool("look", new ToolPolicy()));
        call.Start();
        call.Do(call.Session.CallToolAsync("reserve"));
        call.Run(100);
        var answer = Assert.Single(call.Session.Messages, message => message.Json.Contains("toolResponse", StringComparison.Ordinal)).Json;
        Assert.Contains("Tools that exist: book, look.", answer, StringComparison.Ordinal);
        Assert.Equal(ToolDelivery.Response, Assert.Single(call.Record.Tools).Delivered);
    }

    private static VirtualCall New(string model, params StagedTool[] tools) => new(
        liveOptions: new LiveOptions { Model = model },
        tools: [.. tools.Select(tool => tool.Tool with { Compensate = (_, _, _, _) => ValueTask.FromResult("The booking was taken back.") })]);

    /// <summary>The model withdraws a call, whether or not it has been answered.</summary>
    private static void Withdraw(VirtualCall call, string id) =>
        call.Do(call.Session.SendRawAsync(Encoding.UTF8.GetBytes($$$"""{"toolCallCancellation":{"ids":["{{{id}}}"]}}""")));

    /// <summary>The Live session is lost for good.</summary>
    private static void Lose(VirtualCall call)
    {
        call.Live.Faults.RefuseWithStatus = 403;
        call.Do(call.Session.AbortAsync());
    }
}
