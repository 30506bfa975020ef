using System.Diagnostics;
using System.Text.RegularExpressions;
using Simulation.Phone;
using Support;

namespace EndToEnd.Tests;

/// <summary>SIGTERM to the program as a service manager sends it, with a call on the line.</summary>
public sealed partial class SigtermTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_call_goes_on_for_the_whole_grace_period_and_then_gets_bye()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "kill is a Unix command");
        using var agent = Start(grace: TimeSpan.FromSeconds(4));
        var errors = agent.StandardError.ReadToEndAsync();
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = await ReadAddressAsync(agent) });
        _ = agent.StandardOutput.ReadToEndAsync();
        Assert.True(caller.WasAnswered);

        var asked = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("kill", ["-TERM", $"{agent.Id}"]))
            await kill.WaitForExitAsync();
        var end = await caller.WaitForEndAsync(Limit);

        Assert.Equal(EndedBy.Agent, end?.By);
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 3.9, 8);
        await agent.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(0, agent.ExitCode);
        Assert.Empty(await errors);
    }

    private static Process Start(TimeSpan grace)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["Telephony__Listen__0"] = "udp://127.0.0.1:0",
                ["Telephony__Listen__1"] = "tcp://127.0.0.1:0",
                ["Http__Listen"] = "http://127.0.0.1:0",
                ["Calls__DrainGrace"] = grace.ToString(),
            },
        };
        start.Environment.Remove("GEMINI_API_KEY");
        start.Environment.Remove("GOOGLE_API_KEY");
        return Process.Start(start)!;
    }

    internal static async Task<string> ReadAddressAsync(Process agent)
    {
        while (await agent.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Address().Match(line) is { Success: true } found)
                return found.Value;
        }
        throw new InvalidOperationException("The agent ended before it said where to call.");
    }

    [GeneratedRegex(@"(?<=^Call )sip:\S+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}
