using System.Globalization;
using System.Text.RegularExpressions;
using Simulation.Live;
using Tools.Invocation;
using VoiceAgent.Tests.VirtualCalls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>Goal A4, the connection's half: whenever it is cut, what a tool did it did once, and the model learns what came of it.</summary>
/// <remarks>A seed that fails is run alone with <c>CUT_SEED</c> in the environment.</remarks>
[Collection(nameof(VirtualTimeCollection))]
public sealed partial class ToolCutTests(ITestOutputHelper output)
{
    private const int AtOnce = 40;

    [Fact]
    public void A4_Thirty_cuts() => Check(1, 12);

    [Fact, Trait("Category", "Load")]
    public void A4_A_thousand_cuts() => Check(1_000, 340);

    private void Check(int first, int count)
    {
        var alone = Environment.GetEnvironmentVariable("CUT_SEED");
        var seeds = alone is null ? Enumerable.Range(first, count) : [int.Parse(alone, CultureInfo.InvariantCulture)];
        var sum = new Sum();
        Run(new Queue<int>(seeds), call => sum.Add(call));
        output.WriteLine($"{sum.Cuts} cuts, {sum.Runs} runs with a result, {sum.Lost.Count} not known to the model in the end, {sum.Twice.Count} effects more than once");
        Assert.True(sum.Twice.Count == 0, string.Join('\n', sum.Twice));
        Assert.True(sum.Silent.Count == 0, string.Join('\n', sum.Silent));
        Assert.True(sum.Lost.Count <= sum.Runs / 1_000, string.Join('\n', sum.Lost));
        Assert.True(sum.Cuts >= count * 2, "too few connections were cut");
    }

    private static void Run(Queue<int> seeds, Action<ToolCutCall> finished)
    {
        var quiescence = new Quiescence();
        var calls = new List<ToolCutCall>();
        while (calls.Count > 0 || seeds.Count > 0)
        {
            while (calls.Count < AtOnce && seeds.TryDequeue(out var seed))
            {
                calls.Add(new ToolCutCall(seed));
                calls[^1].Start();
                quiescence.Wait();
            }
            calls.ForEach(call => call.Advance());
            quiescence.Wait();
            calls.ForEach(call => call.Tick());
            quiescence.Wait();
            foreach (var call in calls.FindAll(call => call.IsDone))
            {
                calls.Remove(call);
                finished(call);
                call.Dispose();
            }
        }
    }

    /// <summary>What all calls together have shown.</summary>
    private sealed partial class Sum
    {
        public int Cuts { get; private set; }

        public int Runs { get; private set; }

        public List<string> Twice { get; } = [];

        public List<string> Lost { get; } = [];

        /// <summary>Results that are lost although the record says that they were handed over.</summary>
        public List<string> Silent { get; } = [];

        public void Add(ToolCutCall call)
        {
            Cuts += call.CutsDone;
            Twice.AddRange(call.Effects.Where(effect => effect.Value > 1).Select(effect => $"seed {call.Seed}: {effect.Key} was done {effect.Value} times"));
            Twice.AddRange(call.Ledger.Entries.Where(entry => entry.ConcludedAt is null).Select(entry => $"seed {call.Seed}: {entry.Tool} {entry.Arguments} was never concluded"));
            foreach (var entry in call.Record.Tools.Where(entry => entry.Outcome is ToolOutcome.Succeeded && !entry.Note.Contains("Withdrawn", StringComparison.Ordinal)))
                Add(call, entry);
        }

        private void Add(ToolCutCall call, ToolEntry entry)
        {
            Runs++;
            var number = int.Parse(Number().Match(entry.Arguments).Groups["n"].Value, CultureInfo.InvariantCulture);
            var what = $"seed {call.Seed} ({call.Model}): {entry.Tool} {entry.Arguments} of {entry.AtMs} ms, {entry.Outcome}, {entry.Delivered}";
            if (IsKnown(call, ToolCutCall.ResultOf(number)))
                return;
            Lost.Add(what);
            if (entry.Delivered != ToolDelivery.Never)
                Silent.Add(what);
        }

        /// <summary>Whether the session that the call ended with knows a result: it was told so itself, or goes back to a handle of one that had been.</summary>
        private static bool IsKnown(ToolCutCall call, string result)
        {
            var knownAt = new Dictionary<string, bool>(StringComparer.Ordinal);
            var isKnown = false;
            foreach (var session in call.Server.Sessions.Where(session => session.Events.Any(happened => happened.Kind == SessionEventKind.SetupCompleted)))
            {
                isKnown = session.ResumedHandle.Length > 0 && knownAt.GetValueOrDefault(session.ResumedHandle);
                var told = session.Messages.Where(message => message.Json.Contains(result, StringComparison.Ordinal)).Select(message => (message.Timestamp, Handle: ""));
                var handles = session.Events.Where(happened => happened.Kind == SessionEventKind.HandleIssued).Select(happened => (happened.Timestamp, Handle: happened.Text));
                foreach (var (_, handle) in told.Concat(handles).OrderBy(step => step.Timestamp).ThenBy(step => step.Handle.Length))
                {
                    isKnown |= handle.Length == 0;
                    if (handle.Length > 0)
                        knownAt[handle] = isKnown;
                }
            }
            return isKnown;
        }

        [GeneratedRegex("\"n\":(?<n>\\d+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
        private static partial Regex Number();
    }
}
