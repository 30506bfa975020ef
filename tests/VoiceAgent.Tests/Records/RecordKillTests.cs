using System.Diagnostics;
using System.Globalization;
using Storage;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>A process that records ten calls is killed with SIGKILL at seeded random moments, again and again (goals A7).</summary>
/// <remarks>50 kills; <c>RECORD_KILLS</c> says otherwise.</remarks>
public sealed class RecordKillTests(PostgreSqlServer server)
{
    private const int Lanes = 5;

    // What the writer promises on a machine that does what it is asked for in time.
    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_half_a_second_is_lost_at_most()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("RECORD_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : 50;
        using var folder = new TestFolder();
        var losses = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => CrashAsync(
            new DatabaseOptions { ConnectionString = $"Data Source={folder.File($"{lane}.db")}" }, folder, lane, (kills + Lanes - 1) / Lanes)));
        Judge([.. losses.SelectMany(loss => loss)]);
    }

    [Fact, Trait("Category", "Peer")]
    public async Task Killed_beside_a_server_half_a_second_is_lost_at_most()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        using var folder = new TestFolder();
        Judge(await CrashAsync(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, folder, lane: 0, kills: 5));
    }

    // One write may be late twice: in beginning, and on the disk; as late as the beats beside it are.
    private static void Judge(IReadOnlyList<(TimeSpan Lost, TimeSpan BeatsLate)> runs)
    {
        var sorted = runs.Select(run => run.Lost).Order().ToList();
        var said = PlainWords.Text($"{sorted.Count} kills, lost: median {sorted[sorted.Count / 2].TotalMilliseconds:0} ms, most {sorted[^1].TotalMilliseconds:0} ms; beats late: most {runs.Max(run => run.BeatsLate).TotalMilliseconds:0} ms");
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.All(runs, run => Assert.True(run.Lost <= Promised + 4 * run.BeatsLate, PlainWords.Text($"{run.Lost.TotalMilliseconds:0} ms lost, beats {run.BeatsLate.TotalMilliseconds:0} ms late; {said}")));
    }

    /// <summary>Kills some processes over the same database, one after the other, and holds what is kept against what was told.</summary>
    /// <returns>For each kill, how long before it the first thing was told that is not kept, and how late the process's beats came.</returns>
    private static async Task<IReadOnlyList<(TimeSpan Lost, TimeSpan BeatsLate)>> CrashAsync(DatabaseOptions options, TestFolder folder, int lane, int kills)
    {
        var random = new Random(20260301 + lane);
        List<(DateTime At, string World)> runs = [];
        for (var run = 0; run < kills; run++)
        {
            var world = folder.File($"{lane}-{run}.world");
            runs.Add((await KillAsync(options, world, run, random.Next(200, 800)), world));
        }
        await using var database = new Database(options, TimeProvider.System);
        await using (var writer = new RecordWriter(database, "crash", new RecordOptions(), TimeProvider.System, new Support.LogLines<RecordWriter>()))
            await writer.StartAsync(Cancellation);   // which closes what the last one has left, at the latest when it is disposed
        var archive = new CallArchive(database);
        Assert.Empty(await archive.FindAsync(new CallQuery { IsRunning = true }, Cancellation));
        Dictionary<string, CallRecord> kept = new(StringComparer.Ordinal);
        await foreach (var call in archive.ReadAsync(new CallQuery(), Cancellation))
            kept.Add(call.Summary.CallId, call.Record ?? throw new InvalidOperationException($"Not readable: {call.Json}"));
        return [.. runs.Select(run => LostBefore(run.At, File.ReadAllText(run.World), kept))];
    }

    private static async Task<DateTime> KillAsync(DatabaseOptions options, string world, int run, int afterMs)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "RecordCrash.dll"), $"{options.Provider}", options.ConnectionString, world, $"{run}"])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line && line != "working")
        {
        }
        await Task.Delay(afterMs, Cancellation);
        Assert.False(process.HasExited, "It ended by itself.");
        var at = DateTime.UtcNow;
        process.Kill();   // SIGKILL
        await process.WaitForExitAsync(Cancellation);
        return at;
    }

    private static (TimeSpan Lost, TimeSpan BeatsLate) LostBefore(DateTime killedAt, string world, Dictionary<string, CallRecord> kept)
    {
        var lines = world[..(world.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));
        var (lost, late) = (TimeSpan.Zero, TimeSpan.Zero);
        DateTime? beatAt = null;
        foreach (var line in lines)
        {
            var (at, what, id) = (new DateTime(long.Parse(line[0], CultureInfo.InvariantCulture), DateTimeKind.Utc), line[1], line[2]);
            if (what == "beat")
                (late, beatAt) = (Later(late, beatAt, at), at);
            else if (!IsKept(kept.GetValueOrDefault(id), what, line) && killedAt - at > lost)
                lost = killedAt - at;
        }
        return (lost, Later(late, beatAt, killedAt));

        TimeSpan Later(TimeSpan so, DateTime? from, DateTime to) => to - (from ?? to) - Beat > so && killedAt - to < Watched ? to - (from ?? to) - Beat : so;
    }

    private static bool IsKept(CallRecord? record, string what, string[] line)
    {
        if (record is null)
            return false;
        // Whole up to where it ends: no turn is missing before another.
        Assert.Equal(record.Transcript.Select((_, turn) => $"word {turn}"), record.Transcript.Select(turn => turn.Text));
        return what switch
        {
            "turn" => record.Transcript.Count > int.Parse(line[3], CultureInfo.InvariantCulture),
            "ended" => record.EndReason == EndReason.CallerHungUp,
            _ => record.EndReason is EndReason.CallerHungUp or EndReason.ServiceKilled,
        };
    }
}
