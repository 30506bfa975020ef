using Tools.Invocation;
using static Tools.Tests.Invocation.ToolStage;

namespace Tools.Tests.Invocation;

public sealed class CallToolsTests
{
    private static readonly ToolPolicy Aside = new() { Idempotent = true, Behavior = ToolBehavior.NonBlocking };

    [Fact]
    public void Result_is_answered_as_output()
    {
        using var stage = new ToolStage(Make("add", (int a, int b) => a + b));
        stage.Begin("1", "add", """{"a":2,"b":3}""");
        Assert.Equal(["""1: {"output":5}"""], stage.Answers);
        Assert.Equal(ToolOutcome.Succeeded, stage.Record("1").Outcome);
    }

    [Fact]
    public void Waited_for_calls_of_one_message_run_side_by_side_and_are_answered_together_in_their_order()
    {
        var slow = new TaskCompletionSource<string>();
        var quick = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("slow", () => slow.Task), Make("quick", () => quick.Task));
        stage.Begin(("1", "slow", "{}"), ("2", "quick", "{}"));
        Assert.Equal(["1", "2"], stage.Tools.Running.Select(run => run.Request.Id));

        quick.SetResult("b");
        stage.Pump();
        Assert.Empty(stage.Answers);

        slow.SetResult("a");
        stage.Pump();
        Assert.Equal(["""1: {"output":"a"} + 2: {"output":"b"}"""], stage.Answers);
        Assert.Empty(stage.Tools.Running);
    }

    [Fact]
    public void Call_that_the_model_does_not_wait_for_is_answered_by_itself()
    {
        var slow = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("aside", () => slow.Task, Aside), Make("quick", () => "b"));
        stage.Begin(("1", "aside", "{}"), ("2", "quick", "{}"));
        Assert.Equal(["""2: {"output":"b"}"""], stage.Answers);

        slow.SetResult("a");
        stage.Pump();
        Assert.Equal("""1: {"output":"a"}""", stage.Answers[1]);
        Assert.Equal(ToolScheduling.WhenIdle, stage.AllAnswers[1].Scheduling);
    }

    [Fact]
    public void Tool_says_itself_when_the_model_shall_speak()
    {
        using var stage = new ToolStage(Make("aside", () => ToolResult.Ok("now", ToolScheduling.Interrupt), Aside));
        stage.Begin("1", "aside");
        Assert.Equal(ToolScheduling.Interrupt, stage.AllAnswers[0].Scheduling);
        Assert.Equal(ToolScheduling.Interrupt, stage.Record("1").Scheduling);
    }

    [Fact]
    public void Unknown_tool_and_wrong_arguments_are_told_in_words()
    {
        using var stage = new ToolStage(Make("add", (int a, int b) => a + b));
        stage.Begin(("1", "subtract", "{}"), ("2", "add", """{"a":2}"""), ("3", "add", "[1"));
        Assert.Contains("no tool named subtract", stage.Answers[0], StringComparison.Ordinal);
        Assert.Contains("`b` is missing", stage.Answers[0], StringComparison.Ordinal);
        Assert.Contains("not a JSON object", stage.Answers[0], StringComparison.Ordinal);
        Assert.All(stage.AllAnswers, answer => Assert.Equal(ToolOutcome.Refused, answer.Outcome));
    }

    [Fact]
    public void Result_of_nothing_is_done()
    {
        using var stage = new ToolStage(Make("act", () => { }));
        stage.Begin("1", "act");
        Assert.Equal(["""1: {"output":"done"}"""], stage.Answers);
    }

    [Fact]
    public void Withdrawn_call_is_cancelled_and_never_answered()
    {
        var isCancelled = false;
        using var stage = new ToolStage(Make("wait", async (CancellationToken token) =>
        {
            token.Register(() => isCancelled = true);
            await UntilCancelled(token);
        }));
        stage.Begin("1", "wait");
        stage.Cancel("1");
        Assert.True(isCancelled);
        Assert.Empty(stage.Answers);
        Assert.Equal(ToolOutcome.Cancelled, stage.Record("1").Outcome);
        Assert.Contains("the model withdrew it", stage.Record("1").Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Others_of_a_message_do_not_wait_for_a_withdrawn_one()
    {
        using var stage = new ToolStage(Make("hang", () => Task.Delay(-1)), Make("quick", () => "b"));
        stage.Begin(("1", "hang", "{}"), ("2", "quick", "{}"));
        Assert.Empty(stage.Answers);
        stage.Cancel("1");
        Assert.Equal(["""2: {"output":"b"}"""], stage.Answers);
    }

    [Fact]
    public void Withdrawing_all_calls_of_a_message_answers_none()
    {
        using var stage = new ToolStage(Make("hang", () => Task.Delay(-1)), Make("quick", () => "b"));
        stage.Begin(("1", "hang", "{}"), ("2", "quick", "{}"));
        stage.Cancel("1", "2");
        Assert.Empty(stage.Answers);
    }

    [Fact]
    public void Hang_up_withdraws_everything_and_nothing_begins_any_more()
    {
        var runs = 0;
        using var stage = new ToolStage(Make("wait", async (CancellationToken token) =>
        {
            runs++;
            await UntilCancelled(token);
        }));
        stage.Begin(("1", "wait", """{}"""), ("2", "nothing", "{}"));
        stage.Tools.End("the caller hung up");
        stage.Begin("3", "wait");
        stage.Close(0);
        Assert.Empty(stage.Answers);
        Assert.Equal(1, runs);
        Assert.Equal(["1", "2"], stage.Records.Where(record => record.DurationMs is not null).Select(record => record.RequestId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Id_that_is_in_work_is_answered_once()
    {
        var slow = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("slow", () => slow.Task));
        stage.Begin("1", "slow");
        stage.Begin("1", "slow");
        slow.SetResult("a");
        stage.Pump();
        Assert.Equal(["""1: {"output":"a"}"""], stage.Answers);
    }

    [Fact]
    public void Flood_of_calls_is_refused_and_each_is_answered()
    {
        using var stage = new ToolStage(Make("hang", (int n) => Task.Delay(-1), Aside with { MaxConcurrency = 1000 }));
        stage.Begin([.. Enumerable.Range(0, CallTools.MaxCalls + 10).Select(i => ($"{i}", "hang", $$"""{"n":{{i}}}"""))]);
        Assert.Equal(10, stage.Answers.Count);
        Assert.All(stage.Answers, answer => Assert.Contains("too many tools", answer, StringComparison.Ordinal));
        Assert.Equal(CallTools.MaxCalls, stage.Tools.Running.Count);
    }

    [Fact]
    public void Arguments_without_end_are_refused_and_not_written_down()
    {
        using var stage = new ToolStage(Make("read", (string text) => text));
        stage.Begin("1", "read", $$"""{"password":"hunter2","text":"{{new string('x', 70_000)}}"}""");
        Assert.Contains("longer than 65536 characters", stage.Answers[0], StringComparison.Ordinal);
        Assert.Equal("", stage.Record("1").Arguments);
    }

    [Fact]
    public void Record_tells_when_and_how_long_without_secrets()
    {
        var slow = new TaskCompletionSource<object>();
        using var stage = new ToolStage(Make("read", (string pin) => slow.Task));
        stage.Begin("1", "read", """{"pin":"1234"}""");
        Assert.Equal(ToolOutcome.Running, stage.Record("1").Outcome);
        stage.Advance(1.5);
        slow.SetResult(new { Token = "secret", Text = "fine" });
        stage.Pump();
        var record = stage.Record("1");
        Assert.Equal("""{"pin":"***"}""", record.Arguments);
        Assert.Equal("""{"output":{"token":"***","text":"fine"}}""", record.Result);
        Assert.Equal("""1: {"output":{"token":"secret","text":"fine"}}""", stage.Answers[0]);
        Assert.Equal((0, 1500, 1), (record.StartedAfterMs, record.DurationMs, record.Attempts));
        Assert.Null(record.Scheduling);
    }
}
