using System.Globalization;
using Storage;
using Support;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.Tests.Records;

namespace VoiceAgent.Tests.Recordings;

/// <summary>A process that records the sound of ten calls is killed with SIGKILL at seeded random moments: what it leaves is sound up to its last second, known to the calls' records, and deleted when it is too old (goals A7, A33).</summary>
/// <remarks>6 kills; <c>RECORDING_KILLS</c> says otherwise.</remarks>
public sealed class RecordingKillTests
{
    private const int Lanes = 3;
    private const int FrameSamples = RecordingRig.Rate / 50;

    // docs/adr/0018-recordings.md
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_random_moments_a_second_is_lost_at_most()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable("RECORDING_KILLS"), CultureInfo.InvariantCulture, out var asked) ? asked : 6;
        var losses = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => CrashAsync(lane, (kills + Lanes - 1) / Lanes)));
        CrashRun.Judge([.. losses.SelectMany(loss => loss)], Promised);
    }

    /// <summary>Kills some processes over the same records and recordings, one after the other, and holds what is kept against what was told.</summary>
    private static async Task<IReadOnlyList<(TimeSpan Lost, TimeSpan BeatsLate)>> CrashAsync(int lane, int kills)
    {
        using var folder = new TestFolder();
        var options = new DatabaseOptions { ConnectionString = $"Data Source={folder.File("records.db")}" };
        var sound = new RecordingOptions { Folder = folder.File("sound"), Key = RecordingRig.NewKey() };
        var random = new Random(20261122 + lane);
        List<CrashRun> runs = [];
        for (var run = 0; run < kills; run++)
            runs.Add(await CrashRun.KillAsync(options, folder.File($"{run}.world"), run, random.Next(1_200, 2_400), [sound.Folder, sound.Key], Cancellation));
        await using var database = new Database(options, TimeProvider.System);
        var calls = await RecordKillTests.ReadAllAsync(database);
        var frames = calls.ToDictionary(call => call.Key, call => Frames(call.Value, sound), StringComparer.Ordinal);
        var losses = runs.ConvertAll(run => (run.Lost(line => IsKept(calls.GetValueOrDefault(line.Call), frames.GetValueOrDefault(line.Call), line)), run.BeatsLate));
        Assert.Contains(frames.Values, kept => kept.Count > 25);
        await ForgetAsync(sound);
        return losses;
    }

    private static bool IsKept(StoredCall? call, HashSet<int>? frames, ToldLine line)
    {
        if (call is null || frames is null)
            return false;
        // The first frames were said when nobody listened yet.
        return line.What switch
        {
            "sound" => frames.Contains(line.Number) || line.Number < frames.DefaultIfEmpty(3).Min(),
            "ended" => call.Record is { EndReason: EndReason.CallerHungUp, Recording.Blocks: > 0 },
            _ => true,
        };
    }

    /// <summary>The frames that both sides of a call's recording have.</summary>
    private static HashSet<int> Frames(StoredCall call, RecordingOptions sound)
    {
        var record = call.Record!;
        var path = Path.Combine(sound.Folder, record.Recording?.File ?? "none");
        if (record.Recording is null || !File.Exists(path) || new FileInfo(path).Length == 0)
            return [];
        var reader = RecordingReader.Open(path, call.Summary.Key, new RecordingKeys(sound), out var fault);
        Assert.True(reader is not null, fault);
        Assert.True(reader.Verify());
        // Whose end is known and not there was cut; whose end nobody knows was killed.
        Assert.Equal(record.Recording.Blocks > 0 && !reader.IsComplete, RecordingCheck.LengthFault(reader, record.Recording) is not null);
        Assert.False(reader.IsComplete && record.Recording.Blocks == 0 && record.EndReason == EndReason.CallerHungUp);
        return Heard(reader);
    }

    private static HashSet<int> Heard(RecordingReader reader)
    {
        var (caller, agent) = RecordingRig.Sides(reader);
        var heard = InOrder(caller, 1);
        heard.IntersectWith(InOrder(agent, -1));
        return heard;
    }

    // Each sample of a frame is the frame's number; where the machine was late is silence.
    private static HashSet<int> InOrder(short[] side, int sign)
    {
        var numbers = side.Where(sample => sample != 0).Select(sample => sample * sign).ToList();
        Assert.Equal(numbers.Order(), numbers);
        return [.. numbers.CountBy(number => number).Where(number => number.Value > FrameSamples / 2).Select(number => number.Key)];
    }

    private static async Task ForgetAsync(RecordingOptions sound)
    {
        Assert.NotEmpty(Directory.EnumerateFiles(sound.Folder, "*.rec", SearchOption.AllDirectories));
        var later = new ManualTimeProvider();
        later.Advance(TimeProvider.System.GetUtcNow() - later.GetUtcNow() + TimeSpan.FromDays(31));
        await using var recorder = new Recorder(sound, new RecordingKeys(sound), TimeSpan.FromDays(30), later, new LogLines<Recorder>());
        await recorder.StartAsync(Cancellation);
        for (var i = 0; Directory.EnumerateFileSystemEntries(sound.Folder).Any(); i++)
        {
            Assert.True(i < 2_000, "Not deleted.");
            later.Advance(Recorder.Period);
            await Task.Delay(5, Cancellation);
        }
    }
}
