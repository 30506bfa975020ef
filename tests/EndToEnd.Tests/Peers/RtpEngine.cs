namespace EndToEnd.Tests.Peers;

/// <summary>rtpengine, the media relay of kamailio, as a child process: encrypts what comes in clear, and back.</summary>
internal sealed class RtpEngine : IAsyncDisposable
{
    public const string Missing = "rtpengine is not installed (apt-get install rtpengine-daemon).";

    private const int Ports = 100;

    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private RtpEngine(PeerFolder folder, PeerProcess process, int controlPort) => (_folder, _process, ControlPort) = (folder, process, controlPort);

    public static bool IsInstalled { get; } = PeerProcess.Exists("rtpengine");

    /// <summary>Where kamailio tells it what to do.</summary>
    public int ControlPort { get; }

    public string Log => _process.Output;

    public static async Task<RtpEngine> StartAsync()
    {
        var folder = new PeerFolder("rtpengine");
        var (controlPort, firstPort) = (PeerPorts.Take(), PeerPorts.Take(Ports));
        var process = PeerProcess.Start("rtpengine", folder.Path,
        [
            "--foreground", "--log-stderr", "--log-level=6", "--table=-1", "--interface=127.0.0.1", $"--listen-ng=127.0.0.1:{controlPort}",
            $"--port-min={firstPort}", $"--port-max={firstPort + Ports - 1}", "--config-file=none",
        ]);
        for (var i = 0; i < 50 && !process.Output.Contains("Startup complete", StringComparison.Ordinal); i++)
            await Task.Delay(100);
        return new(folder, process, controlPort);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
