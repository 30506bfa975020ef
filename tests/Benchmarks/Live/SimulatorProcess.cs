using System.Diagnostics;

namespace Benchmarks.Live;

/// <summary>A simulated Live server in a process of its own, whose model speaks without end or listens: what this process spends is then the client's.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private const string Script = """
        { "sessions": [ { "steps": [
            { "do": "say", "tone": { "hz": 440, "ms": 1000, "levelDbov": -20 }, "transcript": "One two three four five." },
            { "do": "repeat" } ] } ] }
        """;

    private readonly Process _process;
    private readonly string _script;

    private SimulatorProcess(Process process, string script, Uri endpoint) => (_process, _script, Endpoint) = (process, script, endpoint);

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts it; it listens when the task is done.</summary>
    /// <param name="isTalking">False for a model that greets and then listens.</param>
    public static async Task<SimulatorProcess> StartAsync(bool isTalking = true)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Script);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "voiceagent.dll"), "simulate", "--listen", "ws://127.0.0.1:0", .. isTalking ? (string[])["--script", script] : []])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The simulated server did not start.");
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? "";
        return new SimulatorProcess(process, script, new Uri(line[(line.IndexOf("ws://", StringComparison.Ordinal))..]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_script);
    }
}
