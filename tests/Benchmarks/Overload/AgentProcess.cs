using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Benchmarks.Overload;

/// <summary>The program as it is shipped, in a process of its own, on a free port.</summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private AgentProcess(Process process, IPEndPoint udp)
    {
        (_process, Udp) = (process, udp);
        _reading = process.StandardOutput.ReadToEndAsync();   // its log; nobody reads it, but a full pipe would stop the program
    }

    /// <summary>Where it answers SIP.</summary>
    public IPEndPoint Udp { get; }

    /// <summary>Starts it; it listens when the task is done.</summary>
    /// <param name="live">The Live server.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <exception cref="InvalidOperationException">It ended before it listened.</exception>
    public static async Task<AgentProcess> StartAsync(Uri live, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "run"])
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        (string Key, string Value)[] own =
            [("Telephony:Listen:0", "udp://127.0.0.1:0"), ("Http:Listen", "http://127.0.0.1:0"), ("Live:Endpoint", $"{live}"), ("Live:ApiKey", "benchmark")];
        foreach (var (key, value) in own.Concat(settings))
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (ReadyLine().Match(line) is { Success: true } ready)
                return new AgentProcess(process, IPEndPoint.Parse(ready.Groups[1].Value));
        }
        throw new InvalidOperationException("The agent ended before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    [GeneratedRegex(@"^Call sip:agent@(127\.0\.0\.1:\d+)")]
    private static partial Regex ReadyLine();
}
