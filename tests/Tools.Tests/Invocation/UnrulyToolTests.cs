using System.Text.Json;
using Microsoft.Extensions.AI;
using Tools.Invocation;
using static Tools.Tests.Invocation.ToolStage;

namespace Tools.Tests.Invocation;

/// <summary>Tools that throw, hang, return too much, block their thread, ignore their end: each hurts its own call only.</summary>
public sealed class UnrulyToolTests
{
    private static readonly ToolPolicy Acting = new() { Offer = "a call back" };
    private static readonly ToolPolicy Reading = new() { Idempotent = true, Offer = "a call back" };

    private static Tool Other => Make("other", () => "fine");

    [Fact]
    public void Exception_is_told_without_its_words_and_logged_with_them()
    {
        using var stage = new ToolStage(Make("read", string () => throw new InvalidOperationException("password=hunter2"), Reading), Other);
        stage.Begin("1", "read");
        Assert.Equal(["""1: {"error":"read failed. Trying again now will not help. You may offer the caller a call back."}"""], stage.Answers);
        Assert.Equal(ToolOutcome.Failed, stage.Record("1").Outcome);
        Assert.Contains(stage.Log, line => line.Contains("hunter2", StringComparison.Ordinal));
        ServesOthers(stage);
    }

    [Fact]
    public void What_a_caller_has_said_stays_out_of_the_log()
    {
        using var stage = new ToolStage(
            Make("act", string () => throw new InvalidOperationException("""{"pin":"4711"}""", new FormatException("4111 1111 1111 1111")), Acting),
            Make("book", () => "ok", Acting) with { Compensate = (_, _, _, _) => throw new InvalidOperationException("""{"pin":"4712"}""") },
            Make("slow", () => Task.Delay(-1)));
        stage.Begin(("1", "act", "{}"), ("2", "book", "{}"), ("3", "slow", "{}"));
        stage.Cancel("2");
        Assert.Equal(2, stage.Log.Count(line => line.Contains("""{"pin":"***"}""", StringComparison.Ordinal)));
        Assert.DoesNotContain(stage.Log, line => line.Contains("471", StringComparison.Ordinal) || line.Contains("1111", StringComparison.Ordinal));
        Assert.Contains(stage.Log, line => line.Contains("InvalidOperationException", StringComparison.Ordinal) && line.Contains("FormatException: ***", StringComparison.Ordinal)
            && line.Contains(nameof(UnrulyToolTests), StringComparison.Ordinal));
    }

    [Fact]
    public void Exception_of_a_tool_that_acts_leaves_open_what_was_done()
    {
        using var stage = new ToolStage(Make("act", string () => throw new InvalidOperationException(), Acting));
        stage.Begin("1", "act");
        Assert.Contains("It is not known whether it was done. Do not call it again", stage.Answers[0], StringComparison.Ordinal);
        Assert.Equal(ToolOutcome.Unknown, stage.Record("1").Outcome);
        Assert.Equal([$"intend {stage.Record("1").Key}", $"conclude {stage.Record("1").Key} Unknown"], stage.Ledger.Lines);
    }

    // Its second step may be what was refused.
    [Fact]
    public void Refused_connection_is_no_proof_that_nothing_was_done()
    {
        var reserved = 0;
        using var stage = new ToolStage(Make("reserve", string () =>
        {
            reserved++;
            throw new HttpRequestException(HttpRequestError.ConnectionError);
        }, Acting with { Retries = 2 }));
        stage.Begin("1", "reserve");
        stage.Advance(8);
        stage.Begin("2", "reserve");
        Assert.Equal(ToolOutcome.Unknown, stage.Record("1").Outcome);
        Assert.All(stage.Answers, answer => Assert.Contains("Do not call it again", answer, StringComparison.Ordinal));
        Assert.Equal((2, 1), (stage.Answers.Count, reserved));
    }

    [Fact]
    public void Tools_own_words_for_a_failure_reach_the_model()
    {
        using var stage = new ToolStage(Make("act", () => ToolResult.Failed("No slot is free then"), Acting), Make("act2", () => ToolResult.Unknown("The shop did not answer"), Acting));
        stage.Begin(("1", "act", "{}"), ("2", "act2", "{}"));
        Assert.Contains("No slot is free then. Trying again now will not help.", stage.Answers[0], StringComparison.Ordinal);
        Assert.Contains("The shop did not answer. It is not known", stage.Answers[0], StringComparison.Ordinal);
        Assert.Equal([ToolOutcome.Failed, ToolOutcome.Unknown], stage.AllAnswers.Select(answer => answer.Outcome));
    }

    [Fact]
    public void Text_that_is_no_text_and_text_without_end_can_still_be_told()
    {
        using var stage = new ToolStage(
            Make("half", () => ToolResult.Failed("No \ud83d"), Reading),
            Make("long", () => ToolResult.Failed(string.Concat(Enumerable.Repeat("😀", 50_000))), Reading),
            Make("result", () => new { Text = "No \ud83d" }, Reading));
        stage.Begin(("1", "half", "{}"), ("2", "long", "{}"), ("3", "result", "{}"));
        Assert.Equal([ToolOutcome.Failed, ToolOutcome.Failed, ToolOutcome.Succeeded], stage.AllAnswers.Select(answer => answer.Outcome));
        Assert.All(stage.AllAnswers, answer => Assert.InRange(answer.Response.GetRawText().Length, 10, 3000));
    }

    [Fact]
    public void Tool_that_minds_its_token_is_answered_when_its_time_is_over()
    {
        using var stage = new ToolStage(Make("read", async (CancellationToken token) => await UntilCancelled(token), Reading));
        stage.Begin("1", "read");
        stage.Advance(7.9);
        Assert.Empty(stage.Answers);
        stage.Advance(0.1);
        Assert.Equal(["""1: {"error":"read did not answer in time. Trying again now will not help. You may offer the caller a call back."}"""], stage.Answers);
        Assert.Equal(8000, stage.Record("1").DurationMs);
    }

    [Fact]
    public void Tool_that_ignores_its_token_is_given_up_and_keeps_its_slot_until_it_ends()
    {
        var end = new TaskCompletionSource<string>();
        using var stage = new ToolStage(Make("hang", () => end.Task, Acting with { MaxConcurrency = 1, DuplicateWindow = TimeSpan.Zero }), Other);
        stage.Begin("1", "hang");
        stage.Advance(8.3);
        Assert.Equal(ToolOutcome.Unknown, stage.AllAnswers[0].Outcome);
        Assert.Contains("did not answer in time", stage.Answers[0], StringComparison.Ordinal);

        stage.Begin("2", "hang");
        Assert.Contains("busy", stage.Answers[1], StringComparison.Ordinal);
        ServesOthers(stage);

        end.SetResult("late");
        stage.Pump();
        Assert.Equal("late", JsonDocument.Parse(stage.Ledger.Conclusions[^1].Result).RootElement.GetProperty("output").GetString());
        Assert.Equal(ToolOutcome.Succeeded, stage.Ledger.Conclusions[^1].Outcome);
        Assert.Contains("after it was given up", stage.Ledger.Conclusions[^1].Note, StringComparison.Ordinal);
        stage.Begin("3", "hang");
        Assert.Equal("""3: {"output":"late"}""", stage.Answers[^1]);
    }

    [Fact]
    public void Result_of_100_MB_costs_next_to_nothing()
    {
        var text = new string('ü', 50_000_000);
        using var stage = new ToolStage(Make("text", () => text, Reading), Make("array", () => new { Inner = new[] { text } }, Reading), Make("bytes", () => new byte[100_000_000], Reading));
        var before = GC.GetAllocatedBytesForCurrentThread();
        stage.Begin(("1", "text", "{}"), ("2", "array", "{}"));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 5_000_000);
        stage.Begin("3", "bytes");
        Assert.All(stage.AllAnswers, answer => Assert.Contains("too large", answer.Response.GetRawText(), StringComparison.Ordinal));
        Assert.All(stage.AllAnswers, answer => Assert.Equal(ToolOutcome.Failed, answer.Outcome));
    }

    [Fact]
    public void Endless_sequences_are_cut()
    {
        using var stage = new ToolStage(Make("numbers", () => Forever(), Reading), Make("later", () => ForeverAsync(), Reading));
        stage.Begin(("1", "numbers", "{}"), ("2", "later", "{}"));
        stage.PumpUntil(() => stage.Answers.Count > 0);   // a sequence that is waited for is written on the pool
        Assert.All(stage.AllAnswers, answer => Assert.Contains("too large", answer.Response.GetRawText(), StringComparison.Ordinal));
        Assert.Equal(2, stage.AllAnswers.Count);

        static IEnumerable<int> Forever()
        {
            for (var i = 0; ; i++)
                yield return i;
        }

        static async IAsyncEnumerable<int> ForeverAsync()
        {
            for (var i = 0; ; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public void Too_large_a_result_of_a_tool_that_acted_says_that_it_acted()
    {
        using var stage = new ToolStage(Make("act", () => new string('x', 20_000), Acting));
        stage.Begin("1", "act");
        Assert.Contains("act was done", stage.Answers[0], StringComparison.Ordinal);
        Assert.Equal(ToolOutcome.Succeeded, stage.Record("1").Outcome);
        Assert.Contains("larger than 16384 bytes", stage.Record("1").Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Result_may_be_exactly_as_large_as_allowed()
    {
        using var stage = new ToolStage(
            Make("fits", () => new string('x', 98), Reading with { MaxResultBytes = 100 }),
            Make("exceeds", () => new string('x', 99), Reading with { MaxResultBytes = 100 }));
        stage.Begin(("1", "fits", "{}"), ("2", "exceeds", "{}"));
        Assert.Equal([ToolOutcome.Succeeded, ToolOutcome.Failed], stage.AllAnswers.Select(answer => answer.Outcome));
        Assert.Equal(100, stage.Record("1").ResultBytes);
    }

    [Fact]
    public void Result_that_contains_itself_cannot_be_read()
    {
        var knot = new Dictionary<string, object>(StringComparer.Ordinal);
        knot["self"] = knot;
        using var stage = new ToolStage(Make("knot", () => knot, Reading));
        stage.Begin("1", "knot");
        Assert.Contains("cannot be read", stage.Answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_tool_that_blocks_its_thread_does_not_hold_up_whoever_calls()
    {
        using var release = new ManualResetEventSlim();
        using var isBlocked = new ManualResetEventSlim();
        var blocking = Make("block", () =>
        {
            isBlocked.Set();
            release.Wait();
        }, Reading) with { MayBlock = true };
        using var stage = new ToolStage(blocking, Other);
        stage.Begin(("1", "block", "{}"));
        ServesOthers(stage);
        stage.PumpUntil(() => isBlocked.IsSet);
        stage.Advance(8.3);
        Assert.Equal("1", stage.AllAnswers[^1].Request.Id);
        Assert.Equal(ToolOutcome.Failed, stage.AllAnswers[^1].Outcome);
        Assert.Equal(1, stage.Services.Gates.Running(blocking));
        release.Set();
        stage.PumpUntil(() => stage.Services.Gates.Running(blocking) == 0);
    }

    [Fact]
    public void Foreign_tools_that_block_all_threads_stop_others_only_until_they_are_given_up()
    {
        using var release = new ManualResetEventSlim();
        using var areBlocked = new CountdownEvent(2);
        var blocking = Make("block", () =>
        {
            areBlocked.Signal();
            release.Wait();
        }, Reading with { DuplicateWindow = TimeSpan.Zero }) with { MayBlock = true };
        var undone = 0;
        var other = Make("act", () => ToolResult.Ok("fine"), Acting with { Timeout = TimeSpan.FromHours(1) }) with
        {
            MayBlock = true,
            Compensate = (_, _, _, _) => new($"undone {++undone}"),
        };
        using var stage = new ToolStage(new ToolGates(maxThreads: 2), blocking, other, Make("slow", () => Task.Delay(-1), Reading with { Timeout = TimeSpan.FromHours(1) }));
        stage.Begin(("1", "block", "{}"), ("2", "block", "{}"));
        stage.PumpUntil(() => areBlocked.IsSet);
        stage.Advance(8.3);
        stage.Begin(("3", "act", "{}"), ("4", "slow", "{}"));
        stage.PumpUntil(() => stage.Ledger.Lines.Any(line => line.EndsWith(" Succeeded", StringComparison.Ordinal)));
        stage.Cancel("3");
        stage.PumpUntil(() => undone == 1);
        Assert.Equal(2, stage.Services.Gates.Running(blocking));
        release.Set();
        stage.PumpUntil(() => stage.Services.Gates.Running(blocking) == 0);
    }

    [Fact]
    public void Callback_of_a_token_that_blocks_holds_nobody_up()
    {
        using var release = new ManualResetEventSlim();
        using var isCalled = new ManualResetEventSlim();
        using var isRegistered = new ManualResetEventSlim();
        using var stage = new ToolStage(Make("wait", async (CancellationToken token) =>
        {
            token.Register(() =>
            {
                isCalled.Set();
                release.Wait();
            });
            isRegistered.Set();
            await Task.Delay(Timeout.Infinite, token);
        }, Reading) with { MayBlock = true }, Other);
        stage.Begin("1", "wait");
        isRegistered.Wait();
        stage.Cancel("1");
        isCalled.Wait();
        ServesOthers(stage);
        release.Set();
        stage.PumpUntil(() => stage.Record("1").DurationMs is not null);
    }

    [Fact]
    public void Exception_that_nobody_awaits_does_not_end_the_process()
    {
        using var isPosted = new ManualResetEventSlim();
        using var stage = new ToolStage(Make("stray", async () =>
        {
            Stray();
            await Task.Yield();
            isPosted.Set();
            return "ok";
        }, Reading) with { MayBlock = true }, Other);
        stage.Begin("1", "stray");
        stage.PumpUntil(() => stage.Answers.Count == 1);
        Assert.Equal(["""1: {"output":"ok"}"""], stage.Answers);

#pragma warning disable MA0155, VSTHRD100 // the case
        static async void Stray()
        {
            await Task.Yield();
            throw new InvalidOperationException("nobody sees me");
        }
#pragma warning restore MA0155, VSTHRD100
    }

    [Fact]
    public void News_after_the_end_are_dropped()
    {
        IProgress<object>? progress = null;
        using var stage = new ToolStage(new Tool(new ContextFunction(context =>
        {
            progress = context.Progress;
            return "ok";
        }), new ToolPolicy { Behavior = ToolBehavior.NonBlocking, Idempotent = true }), Other);
        stage.Begin("1", "context");
        progress!.Report("too late");
        stage.Advance(2);
        Assert.Equal(["""1: {"output":"ok"}"""], stage.Answers);
        ServesOthers(stage);
    }

    [Fact]
    public void Arguments_that_no_parameter_can_take_are_refused_before_anything_is_done()
    {
        using var stage = new ToolStage(Make("book", (DateTime when, int people) => "booked", Acting));
        stage.Begin("1", "book", """{"when":"tomorrow","people":2}""");
        stage.Begin("2", "book", """{"when":"2026-03-01T10:00:00","people":99999999999}""");
        Assert.Contains("`when` must be a date and time", stage.Answers[0], StringComparison.Ordinal);
        Assert.Contains("`people` must be a number within its range", stage.Answers[1], StringComparison.Ordinal);
        Assert.Empty(stage.Ledger.Lines);
    }

    private static void ServesOthers(ToolStage stage)
    {
        var before = stage.Answers.Count;
        stage.Begin($"o{before}", "other");
        Assert.Equal($$"""o{{before}}: {"output":"fine"}""", stage.Answers[^1]);
    }

    /// <summary>A function that sees its context.</summary>
    internal sealed class ContextFunction(Func<ToolContext, object?> work) : AIFunction
    {
        public override string Name => "context";

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            work(ToolContext.Of(arguments)!) is var result && result is Task<object?> task ? new(task) : new(result);
    }
}
