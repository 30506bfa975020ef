using System.Diagnostics;
using System.Globalization;
using Storage;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;
using VoiceAgent.Tests.Webhooks;

namespace VoiceAgent.Tests.Records;

/// <summary>A process that records ten calls is killed with SIGKILL at seeded random moments, again and again (goals A7).</summary>
/// <remarks>20 kills; <c>RECORD_KILLS</c> says otherwise.</remarks>
public sealed class RecordKillTests(PostgreSqlServer server)
{
    private const int Lanes = 5;

    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_half_a_second_is_lost_at_most()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("RECORD_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : 20;
        using var folder = new TestFolder();
        var losses = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => CrashAsync(
            new DatabaseOptions { ConnectionString = $"Data Source={folder.File($"{lane}.db")}" }, folder, lane, (kills + Lanes - 1) / Lanes)));
        CrashRun.Judge([.. losses.SelectMany(loss => loss)], Promised);
    }

    [Fact, Trait("Category", "Peer")]
    public async Task Killed_beside_a_server_half_a_second_is_lost_at_most()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        using var folder = new TestFolder();
        CrashRun.Judge(await CrashAsync(new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await server.CreateDatabaseAsync() }, folder, lane: 0, kills: 5), Promised);
    }

    /// <summary>Kills some processes over the same database, one after the other, and holds what is kept against what was told.</summary>
    /// <returns>For each kill, how long before it the first thing was told that is not kept, and how late the process's beats came.</returns>
    private static async Task<IReadOnlyList<(TimeSpan Lost, TimeSpan BeatsLate)>> CrashAsync(DatabaseOptions options, TestFolder folder, int lane, int kills)
    {
        var random = new Random(20260301 + lane);
        await using var database = new Database(options, TimeProvider.System);
        await using var webhooks = await WebhookService.BeforeAllAsync(database);
        List<CrashRun> runs = [];
        for (var run = 0; run < kills; run++)
            runs.Add(await CrashRun.KillAsync(options, folder.File($"{lane}-{run}.world"), run, random.Next(200, 800), [], Cancellation));
        var kept = await ReadAllAsync(database);
        // A call that no system was told of when its service was killed is told by the next one.
        await webhooks.UntilAsync(() => webhooks.Ids.Count >= kept.Count);
        Assert.Equal(kept.Keys.Order(StringComparer.Ordinal), webhooks.Bodies.Select(body => body.GetProperty("data").GetProperty("callId").GetString()).Order(StringComparer.Ordinal));
        return [.. runs.Select(run => (run.Lost(line => IsKept(kept.GetValueOrDefault(line.Call)?.Record, line)), run.BeatsLate))];
    }

    /// <summary>What the service finds that starts after the last kill: no call is left open, each can be read.</summary>
    internal static async Task<Dictionary<string, StoredCall>> ReadAllAsync(Database database)
    {
        var archive = new CallArchive(database);
        await using (var writer = new RecordWriter(database, "crash", new RecordOptions(), TimeProvider.System, new Support.LogLines<RecordWriter>()))
        {
            await writer.StartAsync(Cancellation);   // which closes what the last one has left
            var since = Stopwatch.GetTimestamp();
            while (await archive.FindAsync(new CallQuery { IsRunning = true }, Cancellation) is { Count: > 0 })
            {
                Assert.True(Stopwatch.GetElapsedTime(since) < Patience, "Calls stay open.");
                await Task.Delay(20, Cancellation);
            }
        }
        Dictionary<string, StoredCall> kept = new(StringComparer.Ordinal);
        await foreach (var call in archive.ReadAsync(new CallQuery(), Cancellation))
        {
            Assert.True(call.Record is not null, $"Not readable: {call.Json}");
            kept.Add(call.Summary.CallId, call);
        }
        return kept;
    }

    private static bool IsKept(CallRecord? record, ToldLine line)
    {
        if (record is null)
            return false;
        // Whole up to where it ends: no turn is missing before another, none is there twice, and only the last may be a part of one.
        Assert.Equal(record.Transcript.Select((turn, index) => IsCut(turn, index) ? $"word {index}"[..turn.Text.Length] : $"word {index}"), record.Transcript.Select(turn => turn.Text));
        return line.What switch
        {
            "said" => record.Transcript.Sum(turn => turn.Text.Length) >= line.Number,
            "turn" => record.Transcript.Count > line.Number && !record.Transcript[line.Number].Interrupted,
            "ended" => record.EndReason == EndReason.CallerHungUp,
            _ => record.EndReason is EndReason.CallerHungUp or EndReason.ServiceKilled,
        };

        bool IsCut(TranscriptTurn turn, int index) => turn.Interrupted && index == record.Transcript.Count - 1;
    }
}
