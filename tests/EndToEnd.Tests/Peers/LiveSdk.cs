using Simulation.Live;
using Support;

namespace EndToEnd.Tests.Peers;

/// <summary>Runs the official JavaScript SDK (<c>tests/live-sdk</c>) against simulated Live servers, once for all scenarios, and keeps what it printed.</summary>
public sealed class LiveSdk : IAsyncLifetime
{
    public const string Missing = "node and npm are not installed (apt-get install nodejs npm).";

    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(45);
    private static readonly string[] Plain = ["text-turn", "audio-turn", "barge-in", "refusal", "resumption", "token", "vertex"];
    private static readonly string[] WithTools = ["tool-interrupt", "tool-when-idle", "tool-silent"];
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "live-sdk");

    public static bool IsInstalled { get; } = PeerProcess.Exists("node") && PeerProcess.Exists("npm");

    /// <summary>Every scenario that is run.</summary>
    public static IEnumerable<string> Scenarios => Plain.Concat(WithTools);

    /// <summary>Lines such as <c>ok text-turn</c>, among what the SDK itself prints.</summary>
    public string[] Output { get; private set; } = [];

    public int? ExitCode { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled)
            return;
        await InstallAsync();
        await using var plain = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
        await using var withTools = await SimulatedLive.StartAsync(new SimulatedLiveOptions(), TimeProvider.System);
        var calling = CallToolsAsync(withTools);
        await using var node = PeerProcess.Start("node",
            Folder, ["run.mjs", .. Plain.Select(name => Argument(name, plain)), .. WithTools.Select(name => Argument(name, withTools))], isAtHome: true);
        ExitCode = await node.WaitForExitAsync(RunLimit);
        Output = node.Output.Split('\n', StringSplitOptions.TrimEntries);
        await calling;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The SDK makes its own path below this.
    private static string Argument(string scenario, SimulatedLive live) => $"{scenario}=http://{live.Endpoint.Authority}";

    /// <summary>What the lock file names, from the user's cache where it has it.</summary>
    private static async Task InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            return;
        await using var npm = PeerProcess.Start("npm", Folder, ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], isAtHome: true);
        var exitCode = await npm.WaitForExitAsync(InstallLimit);
        Assert.True(exitCode == 0, $"npm ci in tests/live-sdk: exit code {exitCode?.ToString() ?? "none, it took too long"}.\n{npm.Output}");
    }

    /// <summary>Calls the tool once in every session, while the model greets.</summary>
    private static Task CallToolsAsync(SimulatedLive live) => Task.WhenAll(Enumerable.Range(1, WithTools.Length).Select(async number =>
    {
        try
        {
            var session = await live.WaitForSessionAsync(number, Soon);
            await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
            await session.CallToolAsync("lookup_order", """{ "number": "4417" }""");
        }
        catch (TimeoutException)
        {
            // The scenario that never came has said so itself.
        }
    }));
}
