using System.Net;

namespace EndToEnd.Tests.Peers;

/// <summary>kamailio as a proxy that forks: what comes goes to several devices at once; all their answers go back, as they come.</summary>
internal sealed class KamailioFork : IAsyncDisposable
{
    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private KamailioFork(PeerFolder folder, PeerProcess process, IPEndPoint udp) => (_folder, _process, Udp) = (folder, process, udp);

    /// <summary>Where it takes UDP.</summary>
    public IPEndPoint Udp { get; }

    public string Log => _process.Output;

    /// <param name="ports">Where the devices listen, on the loopback address.</param>
    public static async Task<KamailioFork> StartAsync(params IReadOnlyList<int> ports)
    {
        var folder = new PeerFolder("fork");
        var port = PeerPorts.Take();
        await File.WriteAllTextAsync(folder.File("kam.cfg"), Config(port, ports));
        Directory.CreateDirectory(folder.File("run"));
        var program = PeerProcess.Exists("kamailio") ? "kamailio" : "/usr/sbin/kamailio";
        var process = PeerProcess.Start(program, folder.Path, ["-f", folder.File("kam.cfg"), "-DD", "-E", "-w", folder.Path, "-Y", folder.File("run"), "-m", "64", "-M", "8"]);
        await TlsClient.ListeningAsync(new(IPAddress.Loopback, port), process);
        return new(folder, process, new(IPAddress.Loopback, port));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Config(int port, IReadOnlyList<int> ports) => $$"""
        #!KAMAILIO
        debug=1
        log_stderror=yes
        children=2
        tcp_children=1
        auto_aliases=no
        mpath="{{Kamailio.ModuleFolder}}"
        listen=udp:127.0.0.1:{{port}}
        listen=tcp:127.0.0.1:{{port}}
        loadmodule "corex.so"
        loadmodule "tm.so"
        loadmodule "sl.so"
        loadmodule "rr.so"
        loadmodule "pv.so"
        loadmodule "textops.so"
        loadmodule "siputils.so"
        modparam("rr", "enable_full_lr", 1)
        request_route {
          if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
          t_check_trans();
          if (has_totag()) { if (loose_route()) t_relay(); exit; }
          record_route();
          $ru = "sip:bob@127.0.0.1:{{ports[0]}}";
          {{string.Join("\n  ", ports.Skip(1).Select(other => $"append_branch(\"sip:bob@127.0.0.1:{other}\");"))}}
          t_relay();
        }
        """;
}
