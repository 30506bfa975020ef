using Simulation.Live;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Faults;

/// <summary>Promise A1: a caller is not hung up because the Live socket drops, whichever way, at whichever point.</summary>
[Trait("Category", "Load"), Collection(nameof(AloneCollection))]
public sealed class FaultMatrixTests(ITestOutputHelper output)
{
    private const int Calls = 20;

    // Faults of different kinds meet different services side by side; the calls of one service meet their fault at the same moment.
    [Fact]
    public async Task A1_twenty_calls_of_each_kind_survive_a_fault_at_every_point_of_the_conversation()
    {
        var columns = await Task.WhenAll(Enum.GetValues<Fault>().Select(RunAsync));
        var cells = columns.SelectMany(column => column).OrderBy(cell => cell.Point).ThenBy(cell => cell.Fault).ToList();
        Print(cells);
        Assert.All(cells, Check);
    }

    private static async Task<List<MatrixCell>> RunAsync(Fault fault)
    {
        await using var agent = await StartAsync();
        agent.Live.Faults.NeverAnswerSetup = true;
        var calls = await Task.WhenAll(Enumerable.Range(0, Calls).Select(number => FaultedCall.DialAsync(agent, number)));
        try
        {
            var cells = new List<MatrixCell> { await LoseHeldSetupsAsync(agent, calls, FaultPoint.BeforeSetupReply, fault, lost: null) };
            foreach (var point in Enum.GetValues<FaultPoint>().Where(point => point != FaultPoint.BeforeSetupReply))
                cells.Add(await RunAsync(agent, calls, point, fault));
            await HangUpAsync(agent, calls);
            return cells;
        }
        finally
        {
            await Task.WhenAll(calls.Select(call => call.DisposeAsync().AsTask()));
        }
    }

    private static Task<AgentUnderTest> StartAsync()
    {
        (string, string?)[] settings =
        [
            ("Live:SetupTimeout", "00:00:02"),
            .. Enumerable.Range(0, Calls).SelectMany(number => new (string, string?)[]
            {
                ($"Agents:Profiles:agent{number}:Numbers:0", $"70{number:00}"),
                ($"Agents:Profiles:agent{number}:Instructions", FaultedCall.Marker(number)),
            }),
        ];
        return AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false, Pace = 4 }, settings);
    }

    private static async Task<MatrixCell> RunAsync(AgentUnderTest agent, FaultedCall[] calls, FaultPoint point, Fault fault)
    {
        if (point == FaultPoint.DuringResume)
        {
            agent.Live.Faults.NeverAnswerSetup = true;
            var lost = calls.Select(call => call.Sessions[^1]).ToArray();
            await Task.WhenAll(lost.Select(session => session.AbortAsync()));
            return await LoseHeldSetupsAsync(agent, calls, point, fault, lost);
        }
        var outcomes = await Task.WhenAll(calls.Select(async call =>
        {
            var session = await call.ReachAsync(point);
            return await LoseAsync(call, session, point, fault);
        }));
        return new MatrixCell(point, fault, outcomes);
    }

    // Every call stands with an unanswered setup: these connections are lost, and the next ones are served.
    private static async Task<MatrixCell> LoseHeldSetupsAsync(AgentUnderTest agent, FaultedCall[] calls, FaultPoint point, Fault fault, SimulatedSession[]? lost)
    {
        var held = await Task.WhenAll(calls.Select((call, i) => call.FindAsync(
            session => session.Number > (lost?[i].Number ?? 0) && session.Events.Any(happened => happened.Kind == SessionEventKind.SetupReceived), "sent a setup")));
        agent.Live.Faults.NeverAnswerSetup = false;
        return new MatrixCell(point, fault, await Task.WhenAll(calls.Select((call, i) => LoseAsync(call, held[i], point, fault))));
    }

    private static async Task<FaultOutcome> LoseAsync(FaultedCall call, SimulatedSession session, FaultPoint point, Fault fault)
    {
        var start = TimeProvider.System.GetTimestamp();
        await session.InjectAsync(fault);
        var isSilent = fault == Fault.Freeze;
        var asks = point is not FaultPoint.CallerSpeaking and not FaultPoint.BeforeSetupReply and not FaultPoint.DuringResume;
        var asksLater = point == FaultPoint.DuringResume;
        // A frozen socket shows only when something is due: the caller has asked, and nothing comes back.
        if (isSilent && asks)
            call.Ask();
        if (isSilent && point is not FaultPoint.BeforeSetupReply and not FaultPoint.DuringResume)
        {
            await call.Caller.WaitUntilSaidAsync(TimeSpan.FromSeconds(10));
            start = TimeProvider.System.GetTimestamp();
        }
        var next = await call.NextAsync(session);
        var ready = await call.ReadyAsync(session);
        await call.ConverseAsync(session, asksLater || (asks && !isSilent));
        return new FaultOutcome(
            call.Caller.WasAnswered && call.Caller.End is null,
            Since(start, next, SessionEventKind.Connected),
            Since(start, ready, SessionEventKind.SetupCompleted));
    }

    private static double Since(long start, SimulatedSession session, SessionEventKind kind) =>
        TimeProvider.System.GetElapsedTime(start, session.Events.First(happened => happened.Kind == kind).Timestamp).TotalMilliseconds;

    private static async Task HangUpAsync(AgentUnderTest agent, FaultedCall[] calls)
    {
        await Task.WhenAll(calls.Select(call => call.Caller.HangUpAsync()));
        var records = await agent.WaitForRecordsAsync(Calls);
        Assert.All(records, record => Assert.Equal(EndReason.CallerHungUp, record.EndReason));
        foreach (var call in calls)
        {
            var record = records.Single(one => one.From.Contains(call.Number, StringComparison.Ordinal));
            var said = call.Sessions.Sum(session => session.Events.Count(happened => happened.Kind == SessionEventKind.GenerationStarted));
            Assert.InRange(record.Transcript.Count(turn => turn.Speaker == "agent"), 1, said);
            Assert.Equal(1, call.Sessions.Sum(session => session.Events.Count(happened => happened is { Kind: SessionEventKind.GenerationStarted, Text: "greeting" })));
        }
    }

    private static void Check(MatrixCell cell)
    {
        Assert.All(cell.Outcomes, outcome => Assert.True(outcome.IsAlive, $"{cell.Point} {cell.Fault}"));
        // 140 calls share the machine with their callers and their models, and are lost at the same moment: these limits tell a client that
        // reconnects at once from one that waits, no more. The figures of an undisturbed machine are the benchmark's (docs/benchmarks.md).
        var limitMs = cell.Fault == Fault.Freeze ? 5_000 : 2_000;
        Assert.True(cell.Median(outcome => outcome.FirstAttemptMs) <= limitMs, $"{cell.Point} {cell.Fault}: first attempt after {cell.Median(outcome => outcome.FirstAttemptMs):F0} ms, limit {limitMs}");
        Assert.True(cell.Median(outcome => outcome.ResumedMs) <= limitMs + 1_000, $"{cell.Point} {cell.Fault}: resumed after {cell.Median(outcome => outcome.ResumedMs):F0} ms");
    }

    private void Print(List<MatrixCell> cells)
    {
        output.WriteLine("| point | fault | calls | alive | first attempt ms p50 / max | resumed ms p50 / max |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var cell in cells)
            output.WriteLine($"| {cell.Point} | {cell.Fault} | {cell.Outcomes.Count} | {cell.Outcomes.Count(outcome => outcome.IsAlive)} | " +
                $"{cell.Median(o => o.FirstAttemptMs):F0} / {cell.Outcomes.Max(o => o.FirstAttemptMs):F0} | {cell.Median(o => o.ResumedMs):F0} / {cell.Outcomes.Max(o => o.ResumedMs):F0} |");
    }
}

/// <summary>What became of one call at one fault.</summary>
internal sealed record FaultOutcome(bool IsAlive, double FirstAttemptMs, double ResumedMs);

/// <summary>One cell of the matrix.</summary>
internal sealed record MatrixCell(FaultPoint Point, Fault Fault, IReadOnlyList<FaultOutcome> Outcomes)
{
    public double Median(Func<FaultOutcome, double> value) => Outcomes.Select(value).Order().ElementAt(Outcomes.Count / 2);
}
