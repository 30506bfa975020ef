using System.Net;
using EndToEnd.Tests.Peers;
using Support;

namespace EndToEnd.Tests.Cluster;

/// <summary>kamailio with the files of config/kamailio as they are, but for where the list and the certificate lie.</summary>
internal sealed class EdgeProxy : IAsyncDisposable
{
    private readonly PeerFolder _folder;
    private readonly TestAuthority _authority;
    private readonly PeerProcess _process;

    private EdgeProxy(PeerFolder folder, TestAuthority authority, PeerProcess process, int udp, int tls) =>
        (_folder, _authority, _process, Udp, Tls) = (folder, authority, process, new(IPAddress.Loopback, udp), new(IPAddress.Loopback, tls));

    /// <summary>Where it takes UDP and TCP.</summary>
    public IPEndPoint Udp { get; }

    /// <summary>Where it takes TLS.</summary>
    public IPEndPoint Tls { get; }

    /// <summary>Who vouches for its certificate, to localhost.</summary>
    public string CaFile => _authority.CaFile;

    public string Log => _process.Output;

    /// <param name="nodes">Between whom it chooses.</param>
    /// <param name="defines">What else is defined outside of its file.</param>
    public static async Task<EdgeProxy> StartAsync(IReadOnlyList<IPEndPoint> nodes, params string[] defines)
    {
        var (folder, authority) = (new PeerFolder("edge"), new TestAuthority());
        var shipped = Path.Combine(Repository.Root, "config", "kamailio");
        await WriteTlsAsync(folder, authority, Path.Combine(shipped, "tls.cfg"));
        await File.WriteAllLinesAsync(folder.File("dispatcher.list"), nodes.Select(node => $"1 sip:{node};transport=udp 0 0 rweight=50"));
        Directory.CreateDirectory(folder.File("run"));
        var (udp, tls) = (PeerPorts.Take(), PeerPorts.Take());
        string[] all =
        [
            $"LISTEN_UDP=udp:127.0.0.1:{udp}", $"LISTEN_TCP=tcp:127.0.0.1:{udp}", $"LISTEN_TLS=tls:127.0.0.1:{tls}", "WITH_TLS",
            $"DISPATCHER_LIST=\"{folder.File("dispatcher.list")}\"", $"TLS_CONFIG=\"{folder.File("tls.cfg")}\"", "NODE_MATCH=\"2\"",   // nodes and callers have one address here
            .. defines,
        ];
        var process = PeerProcess.Start(
            PeerProcess.Exists("kamailio") ? "kamailio" : "/usr/sbin/kamailio", folder.Path,
            ["-f", Path.Combine(shipped, "kamailio.cfg"), .. all.SelectMany(define => new[] { "-A", define }), "-DD", "-E", "-w", folder.Path, "-Y", folder.File("run"), "-m", "64", "-M", "8"]);
        var edge = new EdgeProxy(folder, authority, process, udp, tls);
        await TlsClient.ListeningAsync(edge.Tls, process);
        return edge;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }

    private static async Task WriteTlsAsync(PeerFolder folder, TestAuthority authority, string shipped)
    {
        using var certificate = authority.Issue("localhost 127.0.0.1");
        var pem = folder.File("edge.pem");
        File.Copy(authority.Write(certificate), pem);
        var settings = await File.ReadAllTextAsync(shipped);
        await File.WriteAllTextAsync(folder.File("tls.cfg"), settings
            .Replace("/etc/kamailio/tls/fullchain.pem", pem, StringComparison.Ordinal).Replace("/etc/kamailio/tls/privkey.pem", pem, StringComparison.Ordinal));
    }
}
