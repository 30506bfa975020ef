using System.Diagnostics;
using System.Globalization;
using Storage;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>One run of a process that keeps ten calls, until it is killed with SIGKILL: what it was told, and when.</summary>
internal sealed class CrashRun
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(2);

    private readonly DateTime _killedAt;

    private CrashRun(DateTime killedAt, string world)
    {
        _killedAt = killedAt;
        var whole = world[..(world.LastIndexOf('\n') + 1)];
        Told = [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(words => new ToldLine(
            new DateTime(long.Parse(words[0], CultureInfo.InvariantCulture), DateTimeKind.Utc), words[1], words[2], words.Length > 3 ? int.Parse(words[3], CultureInfo.InvariantCulture) : 0))];
        BeatsLate = Lateness([.. Told.Where(line => line.What == "beat").Select(line => line.At), killedAt]);
    }

    /// <summary>What it was told, in order.</summary>
    public IReadOnlyList<ToldLine> Told { get; }

    /// <summary>How late its beats came in its last two seconds: as late as anything comes on this machine.</summary>
    public TimeSpan BeatsLate { get; }

    /// <summary>Starts a process, waits until it is at work and kills it.</summary>
    /// <param name="options">Where it keeps records.</param>
    /// <param name="world">Its world: a file that is not there yet.</param>
    /// <param name="run">Seeds what is said, and names the calls.</param>
    /// <param name="afterMs">When it is killed, after it has begun to work.</param>
    /// <param name="sound">Folder and key, where it keeps the calls' sound as well.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<CrashRun> KillAsync(DatabaseOptions options, string world, int run, int afterMs, string[] sound, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "RecordCrash.dll"), $"{options.Provider}", options.ConnectionString, world, $"{run}", .. sound])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line && line != "working")
            {
            }
            await Task.Delay(afterMs, cancellation);
            Assert.False(process.HasExited, "It ended by itself.");
            var at = DateTime.UtcNow;
            process.Kill();   // SIGKILL
            await process.WaitForExitAsync(cancellation);
            return new CrashRun(at, await File.ReadAllTextAsync(world, cancellation));
        }
        finally
        {
            process.Kill();   // also where the test is cancelled
        }
    }

    /// <summary>How long before its end the first thing was told that is not kept.</summary>
    public TimeSpan Lost(Func<ToldLine, bool> isKept) =>
        Told.Where(line => line.What != "beat" && !isKept(line)).Select(line => _killedAt - line.At).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>None has lost more than is promised on a machine that does what it is asked for in time: one write may be late twice, in beginning and on the disk, as late as the beats beside it are.</summary>
    public static void Judge(IReadOnlyList<(TimeSpan Lost, TimeSpan BeatsLate)> runs, TimeSpan promised)
    {
        var sorted = runs.Select(run => run.Lost).Order().ToList();
        var said = PlainWords.Text($"{sorted.Count} kills, lost: median {sorted[sorted.Count / 2].TotalMilliseconds:0} ms, most {sorted[^1].TotalMilliseconds:0} ms; beats late: most {runs.Max(run => run.BeatsLate).TotalMilliseconds:0} ms");
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.All(runs, run => Assert.True(run.Lost <= promised + 4 * run.BeatsLate, PlainWords.Text($"{run.Lost.TotalMilliseconds:0} ms lost, beats {run.BeatsLate.TotalMilliseconds:0} ms late; {said}")));
    }

    private TimeSpan Lateness(IReadOnlyList<DateTime> beats) => beats.Zip(beats.Skip(1))
        .Where(pair => _killedAt - pair.Second < Watched).Select(pair => pair.Second - pair.First - Beat).Append(TimeSpan.Zero).Max();
}

/// <summary>Something that happened in a call.</summary>
/// <param name="At">When; it was kept by nobody then.</param>
/// <param name="What">answered, said, turn, sound, ended; beat belongs to no call.</param>
/// <param name="Call">The call's id.</param>
/// <param name="Number">Which turn or frame, or characters said so far.</param>
internal sealed record ToldLine(DateTime At, string What, string Call, int Number);
