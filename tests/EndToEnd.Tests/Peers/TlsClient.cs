using System.Net;
using System.Net.Sockets;

namespace EndToEnd.Tests.Peers;

/// <summary>socat as a TLS client for peers without TLS of their own: each TCP connection to it becomes a TLS connection to the agent.</summary>
internal sealed class TlsClient : IAsyncDisposable
{
    public const string Missing = "socat is not installed (apt-get install socat).";

    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private TlsClient(PeerFolder folder, PeerProcess process, IPEndPoint endPoint) => (_folder, _process, EndPoint) = (folder, process, endPoint);

    public static bool IsInstalled { get; } = PeerProcess.Exists("socat");

    /// <summary>Where it takes TCP.</summary>
    public IPEndPoint EndPoint { get; }

    public static async Task<TlsClient> StartAsync(IPEndPoint agent, string caFile)
    {
        var folder = new PeerFolder("socat");
        var endPoint = new IPEndPoint(IPAddress.Loopback, PeerPorts.Take());
        var process = PeerProcess.Start("socat", folder.Path,
            [$"TCP-LISTEN:{endPoint.Port},bind=127.0.0.1,fork,reuseaddr,backlog=128", $"OPENSSL:{agent},cafile={caFile},verify=1,commonname=localhost"]);
        await ListeningAsync(endPoint, process);
        return new(folder, process, endPoint);
    }

    /// <summary>Returns once something takes connections there.</summary>
    public static async Task ListeningAsync(IPEndPoint endPoint, PeerProcess process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        while (!process.HasExited)
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(endPoint, patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
        throw new InvalidOperationException(process.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
