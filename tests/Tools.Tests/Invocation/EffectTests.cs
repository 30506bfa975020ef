using System.Text.Json;
using Tools.Invocation;
using static Tools.Tests.Invocation.ToolStage;

namespace Tools.Tests.Invocation;

/// <summary>What a tool does is written down before and after, is done once for one wish, and is undone where nobody wants it any more.</summary>
public sealed class EffectTests
{
    private static readonly ToolPolicy Acting = new();
    private readonly List<string> _done = [];

    [Fact]
    public void Intent_is_written_before_the_work_and_the_result_before_the_answer()
    {
        using var stage = new ToolStage(Act());
        stage.Ledger.Gate = new TaskCompletionSource();
        stage.Begin("1", "act", """{"what":"a","pin":"1234"}""");
        Assert.Empty(_done);

        Open(stage);
        Assert.Equal(["a"], _done);
        Assert.Equal([$"intend {Key(stage)}", $"conclude {Key(stage)} Succeeded"], stage.Ledger.Lines);
        Assert.Equal("""{"what":"a","pin":"***"}""", stage.Ledger.Intents[0].Arguments);
        Assert.Single(stage.Answers);
    }

    [Fact]
    public void Answer_waits_for_the_ledger_but_not_for_ever()
    {
        var result = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("act", () => result.Task, Acting));
        stage.Begin("1", "act");
        stage.Ledger.Gate = new TaskCompletionSource();
        result.SetResult("ok");
        stage.Advance(1.9);
        Assert.Empty(stage.Answers);
        stage.Advance(0.1);
        Assert.Equal(["""1: {"output":"ok"}"""], stage.Answers);
        Assert.Contains("ledger did not take the result", stage.Record("1").Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refuses")]
    [InlineData("throws")]
    [InlineData("hangs")]
    public void Broken_ledger_refuses_tools_that_act_and_leaves_others_alone(string how)
    {
        using var stage = new ToolStage(Act(), Make("read", () => "fine"));
        stage.Ledger.IsRefusing = how == "refuses";
        stage.Ledger.Failure = how == "throws" ? new InvalidOperationException("disk full") : null;
        stage.Ledger.Gate = how == "hangs" ? new TaskCompletionSource() : null;
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Begin("2", "read");
        Assert.Equal("""2: {"output":"fine"}""", stage.Answers[^1]);
        stage.Advance(2);
        Assert.Empty(_done);
        Assert.Contains(stage.Answers, answer => answer.StartsWith("1: ", StringComparison.Ordinal) && answer.Contains("cannot be recorded", StringComparison.Ordinal));
        Assert.Equal(ToolOutcome.Refused, stage.Record("1").Outcome);

        if (how != "hangs")
            return;
        Open(stage);
        Assert.Equal([$"intend {Key(stage)}", $"conclude {Key(stage)} Refused"], stage.Ledger.Lines);
        Assert.Empty(_done);
    }

    [Fact]
    public void Work_that_was_done_though_withdrawn_stands_and_is_recorded()
    {
        var end = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("act", () => end.Task, Acting));
        stage.Begin("1", "act");
        stage.Cancel("1");
        end.SetResult("booked");
        stage.Pump();
        Assert.Empty(stage.Answers);
        Assert.Equal(ToolOutcome.CancelledButDone, stage.Record("1").Outcome);
        Assert.Equal("""{"output":"booked"}""", stage.Record("1").Result);
        Assert.EndsWith(" CancelledButDone", stage.Ledger.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_was_done_though_withdrawn_is_undone_where_that_can_be()
    {
        var end = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("act", (string what) => end.Task, Acting) with { Compensate = Undo });
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Tools.End("the caller hung up");
        end.SetResult("booked");
        stage.Close(0);
        Assert.Equal([$"undo {Key(stage)} a booked"], _done);
        Assert.Equal(ToolOutcome.Compensated, stage.Record("1").Outcome);
        Assert.Contains("The booking was taken back.", stage.Record("1").Note, StringComparison.Ordinal);
        Assert.EndsWith(" Compensated", stage.Ledger.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Withdrawn_work_that_does_not_stop_is_waited_for_shortly_and_undone_when_it_has_been_done()
    {
        var end = new TaskCompletionSource<string>();
        var act = Make("act", (string what) => end.Task, Acting with { Timeout = TimeSpan.FromMinutes(10) }) with { Compensate = Undo };
        using var stage = new ToolStage(act);
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Close(2.5);
        Assert.Equal(ToolOutcome.Unknown, stage.Record("1").Outcome);
        Assert.Empty(_done);

        end.SetResult("booked");
        stage.Pump();
        Assert.Equal([$"undo {Key(stage)} a booked"], _done);
        Assert.EndsWith(" Compensated", stage.Ledger.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(0, stage.Services.Gates.Running(act));
    }

    [Fact]
    public void Work_that_broke_off_when_withdrawn_is_undone_too_because_nobody_knows_how_far_it_came()
    {
        using var stage = new ToolStage(Make("act", async (string what, CancellationToken token) => await UntilCancelled(token), Acting) with { Compensate = Undo });
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Cancel("1");
        Assert.Equal([$"undo {Key(stage)} a "], _done);
        Assert.Equal(ToolOutcome.Compensated, stage.Record("1").Outcome);
    }

    [Fact]
    public void Work_that_is_ready_but_not_answered_yet_is_undone_too()
    {
        using var stage = new ToolStage(Act() with { Compensate = Undo }, Make("slow", () => Task.Delay(-1)));
        stage.Begin(("1", "act", """{"what":"a"}"""), ("2", "slow", "{}"));
        Assert.Equal(["a"], _done);
        stage.Cancel("1");
        Assert.Equal(["a", $"undo {Key(stage)} a a"], _done);
        Assert.Equal(ToolOutcome.Compensated, stage.Record("1").Outcome);
        Assert.EndsWith(" Compensated", stage.Ledger.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Work_whose_answer_crossed_the_withdrawal_is_undone_too()
    {
        using var stage = new ToolStage(Act() with { Compensate = Undo });
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Cancel("1");
        stage.Cancel("1");
        Assert.Equal(["a", $"undo {Key(stage)} a a"], _done);
        Assert.Equal(ToolOutcome.Compensated, stage.Record("1").Outcome);
        stage.Begin("2", "act", """{"what":"a"}""");
        Assert.Equal("""2: {"output":"a"}""", stage.Answers[^1]);
        Assert.Equal(["a", "a"], _done.Where(line => line.Length == 1));

        stage.Advance(3);
        stage.Cancel("2");
        stage.Close(0);
        Assert.Equal(ToolOutcome.Succeeded, stage.Record("2").Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Undoing_that_fails_or_hangs_is_recorded(bool hangs)
    {
        using var stage = new ToolStage(Act() with { Compensate = async (_, _, _, _) => hangs ? await new TaskCompletionSource<string>().Task : throw new InvalidOperationException() }, Make("slow", () => Task.Delay(-1)));
        stage.Begin(("1", "act", """{"what":"a"}"""), ("2", "slow", "{}"));
        stage.Cancel("1");
        stage.Advance(8);
        Assert.Equal(ToolOutcome.CancelledButDone, stage.Record("1").Outcome);
        Assert.Contains("could not be undone", stage.Record("1").Note, StringComparison.Ordinal);
        Assert.EndsWith(" CancelledButDone", stage.Ledger.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Work_withdrawn_while_its_intent_is_written_never_begins()
    {
        using var stage = new ToolStage(Act());
        stage.Ledger.Gate = new TaskCompletionSource();
        stage.Begin("1", "act", """{"what":"a"}""");
        stage.Cancel("1");
        Open(stage);
        Assert.Empty(_done);
        Assert.Equal(ToolOutcome.Cancelled, stage.Record("1").Outcome);
        Assert.EndsWith(" Cancelled", stage.Ledger.Lines[^1], StringComparison.Ordinal);
        Assert.Null(stage.Record("1").StartedAfterMs);
    }

    [Fact]
    public void Failure_that_may_pass_is_tried_again_only_where_that_is_safe()
    {
        var reads = 0;
        var acts = 0;
        var books = 0;
        using var stage = new ToolStage(
            Make("read", string () => ++reads < 3 ? throw new IOException() : "read", new ToolPolicy { Idempotent = true, Retries = 3, Timeout = TimeSpan.FromHours(1) }),
            Make("act", string () => ++acts < 3 ? throw new IOException() : "acted", Acting with { Retries = 3, Timeout = TimeSpan.FromHours(1) }),
            Make("book", () => ++books < 3 ? ToolResult.Failed("The line was busy", mayRetry: true) : ToolResult.Ok("booked"), Acting with { Retries = 3, Timeout = TimeSpan.FromHours(1) }));
        stage.Begin(("1", "read", "{}"), ("2", "act", "{}"), ("3", "book", "{}"));
        stage.AdvanceUntil(() => stage.Answers.Count > 0);
        Assert.Equal((3, 1, 3), (reads, acts, books));
        Assert.Equal(["Succeeded", "Unknown", "Succeeded"], stage.AllAnswers.Select(answer => answer.Outcome.ToString()));
        Assert.Equal([3, 1, 3], new[] { "1", "2", "3" }.Select(id => stage.Record(id).Attempts));
    }

    [Fact]
    public void Attempts_end_with_the_tools_time()
    {
        var tries = 0;
        using var stage = new ToolStage(Make("read", () =>
        {
            tries++;
            return ToolResult.Failed("The line was busy", mayRetry: true);
        }, new ToolPolicy { Idempotent = true, Retries = 100, Timeout = TimeSpan.FromSeconds(4) }));
        stage.Begin("1", "read");
        stage.AdvanceUntil(() => stage.Answers.Count > 0);
        Assert.InRange(tries, 1, 20);
        Assert.Equal(ToolOutcome.Failed, stage.Record("1").Outcome);
        Assert.InRange(stage.Record("1").DurationMs!.Value, 4000, 4300);
    }

    private Tool Act(ToolPolicy? policy = null) => Make("act", (string what, string? pin = null) =>
    {
        _done.Add(what);
        return what;
    }, policy ?? Acting);

    private ValueTask<string> Undo(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation)
    {
        _done.Add($"undo {context.IdempotencyKey} {arguments.GetProperty("what").GetString()} {result?.GetString()}");
        return new("The booking was taken back.");
    }

    private static string Key(ToolStage stage) => stage.Record("1").Key;

    private static void Open(ToolStage stage)
    {
        var gate = stage.Ledger.Gate!;
        stage.Ledger.Gate = null;
        gate.SetResult();
        stage.Pump();
    }
}
