using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.AI;
using Tools.Invocation;

namespace Tools.Tests.Invocation;

/// <summary>Calls, withdrawals, ends, pauses and a hang-up in any order keep the laws: answered at most once and never after a withdrawal, recorded to the end, done at most once.</summary>
public sealed class RandomCallTests
{
    private static readonly Gen<(int Kind, int Which)[]> Steps = Gen.Choose(0, 11).Zip(Gen.Choose(0, 1_000_000)).ArrayOf(30);

    [Fact]
    public void Any_order_of_events_keeps_the_laws() =>
        Prop.ForAll(Steps.ToArbitrary(), steps =>
        {
            using var story = new Story();
            story.Play(steps);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    /// <summary>One run of a tool that acts.</summary>
    private sealed class Run(string wish, string key, long startedAt)
    {
        public string Wish => wish;

        public string Key => key;

        public long StartedAt => startedAt;

        public TaskCompletionSource<object?> End { get; } = new();

        public bool IsDone { get; set; }

        public bool IsUndone { get; set; }

        public bool IsNothing { get; set; }
    }

    private sealed class Story : IDisposable
    {
        private const string MindsToken = "minds";
        private const string Undoable = "undoable";
        private static readonly string[] Names = [MindsToken, "ignores", Undoable, "aside"];

        private readonly List<Run> _runs = [];
        private readonly Dictionary<string, int> _answeredBefore = new(StringComparer.Ordinal);
        private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
        private readonly List<string> _breaches = [];   // a tool that throws would only fail itself
        private readonly ToolStage _stage;

        public Story() => _stage = new ToolStage([.. Names.Select(Make)]);

        public void Dispose() => _stage.Dispose();

        public void Play((int Kind, int Which)[] steps)
        {
            foreach (var (kind, which) in steps)
                Step(kind, which);
            foreach (var run in _runs.ToList())
                Finish(run, how: 0);
            _stage.Advance(9, 0.25);
            foreach (var id in _begun.Except(_answeredBefore.Keys))
                Assert.Single(_stage.AllAnswers, answer => answer.Request.Id == id && !answer.WillContinue);
            _stage.Close(10);
            Assert.Empty(_breaches);
            CheckAnswers();
            CheckRecords();
            CheckLedger();
        }

        private void Step(int kind, int which)
        {
            switch (kind)
            {
                case < 4:
                    Begin(1 + which % 3, which);
                    break;
                case < 7 when _begun.Count > 0:
                    Withdraw(_begun.ElementAt(which % _begun.Count));
                    break;
                case < 10 when _runs.FindAll(run => !run.End.Task.IsCompleted) is { Count: > 0 } open:
                    Finish(open[which % open.Count], which % 5);
                    break;
                case 10:
                    _stage.Advance(which % 40 * 0.1);
                    break;
            }
        }

        private void Begin(int count, int seed)
        {
            var calls = Enumerable.Range(0, count).Select(i => ($"r{_begun.Count + i}", Names[(seed >> (2 * i)) % Names.Length], $$"""{"n":{{(seed >> (3 + i)) % 2}}}""")).ToArray();
            foreach (var (id, _, _) in calls)
                _begun.Add(id);
            _stage.Begin(calls);
        }

        private void Withdraw(string id)
        {
            _answeredBefore.TryAdd(id, _stage.AllAnswers.Count(answer => answer.Request.Id == id));
            _stage.Cancel(id);
        }

        private void Finish(Run run, int how)
        {
            if (run.End.Task.IsCompleted)
                return;
            run.IsDone = how < 3;
            run.IsNothing = how == 3;
            _ = how switch
            {
                < 3 => run.End.TrySetResult("ok"),
                3 => run.End.TrySetResult(ToolResult.Failed("It was not possible.")),
                _ => run.End.TrySetException(new InvalidOperationException()),
            };
            _stage.Pump();
        }

        private Tool Make(string name) => new(new Function(name, WorkAsync), new ToolPolicy { Behavior = name == "aside" ? ToolBehavior.NonBlocking : ToolBehavior.Blocking, MaxConcurrency = 1000 })
        {
            Compensate = name == Undoable ? UndoAsync : null,
        };

        private async Task<object?> WorkAsync(string name, string arguments, ToolContext context, CancellationToken cancellation)
        {
            var wish = $"{name} {arguments}";
            var now = _stage.Clock.GetTimestamp();
            if (_runs.Exists(run => run.Key == context.IdempotencyKey))
                _breaches.Add($"{wish} was begun twice under one key.");
            // What was done, or may have been, is not begun again: not before it was given up and the window has passed, and not before it was undone.
            if (_runs.Exists(run => run.Wish == wish && !run.IsUndone && !run.IsNothing && TimeSpan.FromTicks(now - run.StartedAt) < TimeSpan.FromSeconds(10)))
                _breaches.Add($"{wish} was begun twice.");
            var run = new Run(wish, context.IdempotencyKey, now);
            _runs.Add(run);
            using var registration = name is MindsToken or Undoable ? cancellation.Register(() => run.End.TrySetCanceled(cancellation)) : default;
            return await run.End.Task;
        }

        private ValueTask<string> UndoAsync(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation)
        {
            var run = _runs.Single(run => run.Key == context.IdempotencyKey);
            if (run.IsUndone)
                _breaches.Add($"{run.Wish} was undone twice.");
            run.IsUndone = true;
            return new("Taken back.");
        }

        private void CheckAnswers()
        {
            foreach (var group in _stage.AllAnswers.Where(answer => !answer.WillContinue).GroupBy(answer => answer.Request.Id, StringComparer.Ordinal))
                Assert.Single(group);
            foreach (var (id, before) in _answeredBefore)
                Assert.Equal(before, _stage.AllAnswers.Count(answer => answer.Request.Id == id));
            foreach (var answer in _stage.AllAnswers.Where(answer => answer.Outcome == ToolOutcome.Succeeded))
                Assert.True(_runs.Single(run => run.Key == answer.InvocationKey).IsDone);
        }

        private void CheckRecords()
        {
            foreach (var id in _begun)
            {
                var records = _stage.Records.Where(record => record.RequestId == id).ToList();
                // A second end only where the withdrawal crossed the answer.
                Assert.InRange(records.Count(record => record.DurationMs is not null), 1, _answeredBefore.GetValueOrDefault(id) > 0 ? 2 : 1);
                Assert.NotNull(records[^1].DurationMs);
                Assert.NotEqual(ToolOutcome.Running, records[^1].Outcome);
            }
        }

        private void CheckLedger()
        {
            Assert.Equal(_stage.Ledger.Intents.Count, _stage.Ledger.Intents.DistinctBy(intent => intent.Key).Count());
            foreach (var intent in _stage.Ledger.Intents)
                Assert.Contains(_stage.Ledger.Conclusions, conclusion => conclusion.Key == intent.Key);
            foreach (var run in _runs)
            {
                var last = _stage.Ledger.Conclusions.Last(conclusion => conclusion.Key == run.Key).Outcome;
                ToolOutcome[] right = run switch
                {
                    { IsUndone: true } => [ToolOutcome.Compensated],
                    { IsDone: true } => [ToolOutcome.Succeeded, ToolOutcome.CancelledButDone],
                    { IsNothing: true } => [ToolOutcome.Failed, ToolOutcome.Cancelled],
                    _ => [ToolOutcome.Unknown],
                };
                Assert.Contains(last, right);
            }
        }
    }

    private sealed class Function(string name, Func<string, string, ToolContext, CancellationToken, Task<object?>> work) : AIFunction
    {
        public override string Name => name;

        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            await work(name, arguments["n"]!.ToString()!, ToolContext.Of(arguments)!, cancellationToken);
    }
}
