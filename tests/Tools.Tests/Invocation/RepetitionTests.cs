using Tools.Invocation;
using static Tools.Tests.Invocation.ToolStage;

namespace Tools.Tests.Invocation;

/// <summary>The same call again: models repeat themselves, and a caller wants one appointment.</summary>
public sealed class RepetitionTests
{
    private static readonly ToolPolicy Acting = new();
    private int _runs;

    [Fact]
    public void Repeated_call_is_answered_with_the_first_result()
    {
        using var stage = new ToolStage(Count());
        stage.Begin("1", "act", """{"a":1,"b":2}""");
        stage.Begin("2", "act", """{ "b": 2.0, "a": "1" }""");
        Assert.Equal(["""1: {"output":1}""", """2: {"output":1}"""], stage.Answers);
        Assert.Equal(stage.Record("1").Key, stage.Record("2").DuplicateOf);
        Assert.Equal(stage.Record("1").Key, stage.AllAnswers[1].InvocationKey);
        Assert.Equal(0, stage.Record("2").Attempts);
    }

    [Fact]
    public void Other_arguments_are_another_wish()
    {
        using var stage = new ToolStage(Count());
        stage.Begin(("1", "act", """{"a":1,"b":2}"""), ("2", "act", """{"a":1,"b":3}"""));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void After_the_window_it_is_run_again()
    {
        using var stage = new ToolStage(Count());
        stage.Begin("1", "act", """{"a":1,"b":2}""");
        stage.Advance(9.9);
        stage.Begin("2", "act", """{"a":1,"b":2}""");
        Assert.Equal(1, _runs);
        stage.Advance(0.1);
        stage.Begin("3", "act", """{"a":1,"b":2}""");
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Without_a_window_it_is_always_run_again()
    {
        using var stage = new ToolStage(Count(Acting with { DuplicateWindow = TimeSpan.Zero }));
        stage.Begin(("1", "act", """{"a":1,"b":2}"""), ("2", "act", """{"a":1,"b":2}"""));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Same_call_twice_in_one_message_runs_once_and_both_are_answered()
    {
        using var stage = new ToolStage(Count());
        stage.Begin(("1", "act", """{"a":1,"b":2}"""), ("2", "act", """{"a":1,"b":2}"""));
        Assert.Equal(["""1: {"output":1} + 2: {"output":1}"""], stage.Answers);
    }

    [Fact]
    public void Failed_call_may_be_repeated()
    {
        using var stage = new ToolStage(Make("act", () => _runs++ == 0 ? ToolResult.Failed("Busy") : ToolResult.Ok("ok"), Acting));
        stage.Begin("1", "act");
        stage.Begin("2", "act");
        Assert.Equal("""2: {"output":"ok"}""", stage.Answers[1]);
        Assert.Null(stage.Record("2").DuplicateOf);
    }

    [Fact]
    public void Call_of_unknown_end_is_not_run_again()
    {
        using var stage = new ToolStage(Make("act", string () => throw new InvalidOperationException($"{_runs++}"), Acting));
        stage.Begin("1", "act");
        stage.Begin("2", "act");
        Assert.Equal(1, _runs);
        Assert.Equal(ToolOutcome.Unknown, stage.AllAnswers[1].Outcome);
    }

    [Fact]
    public void Tool_that_acts_is_not_called_again_while_one_that_was_given_up_still_runs()
    {
        var end = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("act", () =>
        {
            _runs++;
            return end.Task;
        }, Acting));
        stage.Begin("1", "act");
        stage.Advance(30);
        stage.Begin("2", "act");
        Assert.Equal(1, _runs);
        Assert.Equal(ToolOutcome.Unknown, stage.AllAnswers[1].Outcome);

        end.SetResult("ok");
        stage.Pump();
        stage.Advance(10);
        stage.Begin("3", "act");
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Work_goes_on_while_one_of_its_calls_is_still_wanted()
    {
        var end = new TaskCompletionSource<string>();
        CancellationToken seen = default;
        using var stage = new ToolStage(Make("act", (CancellationToken token) =>
        {
            seen = token;
            return end.Task;
        }, Acting));
        stage.Begin("1", "act");
        stage.Begin("2", "act");
        stage.Cancel("1");
        Assert.False(seen.IsCancellationRequested);
        end.SetResult("ok");
        stage.Pump();
        Assert.Equal(["""2: {"output":"ok"}"""], stage.Answers);
        Assert.Equal(ToolOutcome.Succeeded, stage.Record("1").Outcome);
        Assert.Contains("Withdrawn", stage.Record("1").Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_repeated_after_it_was_withdrawn_gets_what_was_done_all_the_same()
    {
        var end = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("act", () =>
        {
            _runs++;
            return end.Task;
        }, Acting));
        stage.Begin("1", "act");
        stage.Cancel("1");
        stage.Begin("2", "act");
        end.SetResult("ok");
        stage.Pump();
        Assert.Equal(["""2: {"output":"ok"}"""], stage.Answers);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Call_repeated_after_it_was_withdrawn_is_run_when_nothing_was_done()
    {
        using var stage = new ToolStage(Make("act", async (CancellationToken token) =>
        {
            if (_runs++ > 0)
                return ToolResult.Ok("ok");
            await UntilCancelled(token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return ToolResult.Failed("Broken off");
        }, Acting));
        stage.Begin("1", "act");
        stage.Cancel("1");
        stage.Begin("2", "act");
        Assert.Equal(["""2: {"output":"ok"}"""], stage.Answers);
        Assert.Equal(ToolOutcome.Cancelled, stage.Record("1").Outcome);
        Assert.Equal(2, _runs);
    }

    [Fact]
    public void Caller_is_asked_first_and_their_word_is_good_for_one_run()
    {
        using var stage = new ToolStage(Count(Acting with { Confirm = true }));
        var before = stage.Clock.GetTimestamp();
        stage.Begin("1", "act", """{"a":1,"b":2}""");
        Assert.Contains("Read back to the caller", stage.Answers[0], StringComparison.Ordinal);
        stage.Begin("2", "act", """{"a":1,"b":2}""");
        Assert.Contains("has not answered yet", stage.Answers[1], StringComparison.Ordinal);
        stage.Advance(1);
        stage.Tools.CallerSpoke(agentHeardAt: before);   // "uhm", while the agent has not asked anything yet
        stage.Begin("2b", "act", """{"a":1,"b":2}""");
        Assert.Contains("has not answered yet", stage.Answers[2], StringComparison.Ordinal);
        Assert.Equal(0, _runs);

        stage.Tools.CallerSpoke(stage.Clock.GetTimestamp());
        stage.Begin("3", "act", """{"a":1,"b":3}""");
        Assert.Contains("Read back to the caller", stage.Answers[3], StringComparison.Ordinal);
        stage.Begin("4", "act", """{"b":2,"a":1}""");
        Assert.Equal("""4: {"output":1}""", stage.Answers[4]);

        stage.Advance(11);
        stage.Begin("5", "act", """{"a":1,"b":2}""");
        Assert.Contains("Read back to the caller", stage.Answers[5], StringComparison.Ordinal);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void Callers_word_does_not_last_for_ever()
    {
        using var stage = new ToolStage(Count(Acting with { Confirm = true }));
        stage.Begin("1", "act", """{"a":1,"b":2}""");
        stage.Advance(1);
        stage.Tools.CallerSpoke(stage.Clock.GetTimestamp());
        stage.Advance(181, 1);
        stage.Begin("2", "act", """{"a":1,"b":2}""");
        Assert.Equal(0, _runs);
    }

    private Tool Count(ToolPolicy? policy = null) => Make("act", (int a, int b) => ++_runs, policy ?? Acting);
}
