using System.Net;
using Support;

namespace EndToEnd.Tests.Peers;

/// <summary>kamailio as a provider: users log in with digest and register over UDP, TCP or TLS; calls to a registered user go the way that its REGISTER came.</summary>
/// <remarks>The password of any user is <c>secret-of-USER</c>.</remarks>
internal sealed class KamailioRegistrar : IAsyncDisposable
{
    private readonly PeerFolder _folder;
    private PeerProcess? _process;

    private KamailioRegistrar(PeerFolder folder, PeerProcess process, int port, int tlsPort)
    {
        _folder = folder;
        _process = process;
        EndPoint = new(IPAddress.Loopback, port);
        Tls = new(IPAddress.Loopback, tlsPort);
    }

    /// <summary>Where it takes UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Where it takes TLS.</summary>
    public IPEndPoint Tls { get; }

    public string Log => _process?.Output ?? "";

    /// <summary>Starts it on free ports.</summary>
    /// <param name="authority">Who vouches for it.</param>
    /// <param name="wantsCertificate">Whether those who connect over TLS must show a certificate of that authority.</param>
    public static async Task<KamailioRegistrar> StartAsync(TestAuthority authority, bool wantsCertificate = false)
    {
        var folder = new PeerFolder("registrar");
        using var certificate = authority.Issue("127.0.0.1");
        var (port, tls) = (PeerPorts.Take(), PeerPorts.Take());
        var certificateFile = authority.Write(certificate, $"registrar{port}.pem");   // each its own: kamailio may read it late
        await File.WriteAllTextAsync(folder.File("kam.cfg"), Config(port, tls, certificateFile, wantsCertificate ? authority.CaFile : null));
        Directory.CreateDirectory(folder.File("run"));
        return new(folder, await Kamailio.RunAsync(folder, port), port, tls);
    }

    /// <summary>It dies: nothing more is answered.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.TerminateAsync(TimeSpan.FromSeconds(5));
        await process.DisposeAsync();
    }

    /// <summary>It comes back on the same ports, and remembers nobody.</summary>
    public async Task RestartAsync() => _process = await Kamailio.RunAsync(_folder, EndPoint.Port);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private static string Config(int port, int tls, string certificateFile, string? clientCa) => $$"""
        #!KAMAILIO
        debug=2
        log_stderror=yes
        children=2
        tcp_children=2
        auto_aliases=no
        enable_tls=yes
        mpath="{{Kamailio.ModuleFolder}}"
        listen=udp:127.0.0.1:{{port}}
        listen=tcp:127.0.0.1:{{port}}
        listen=tls:127.0.0.1:{{tls}}
        loadmodule "tls.so"
        loadmodule "kex.so"
        loadmodule "tm.so"
        loadmodule "sl.so"
        loadmodule "rr.so"
        loadmodule "pv.so"
        loadmodule "maxfwd.so"
        loadmodule "textops.so"
        loadmodule "siputils.so"
        loadmodule "xlog.so"
        loadmodule "usrloc.so"
        loadmodule "registrar.so"
        loadmodule "nathelper.so"
        loadmodule "auth.so"
        modparam("tls", "tls_method", "TLSv1.2+")
        modparam("tls", "private_key", "{{certificateFile}}")
        modparam("tls", "certificate", "{{certificateFile}}")
        {{(clientCa is null ? "" : $"modparam(\"tls\", \"ca_list\", \"{clientCa}\")\nmodparam(\"tls\", \"verify_certificate\", 1)\nmodparam(\"tls\", \"require_certificate\", 1)")}}
        modparam("usrloc", "db_mode", 0)
        modparam("nathelper|registrar", "received_avp", "$avp(RECEIVED)")
        modparam("registrar", "min_expires", 60)
        modparam("rr", "enable_full_lr", 1)
        request_route {
          if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
          if (is_method("OPTIONS")) { sl_send_reply("200", "Keepalive"); exit; }
          if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
          if (!is_method("ACK")) t_check_trans();
          if (has_totag()) {
            if (loose_route()) { t_relay(); exit; }
            if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
            sl_send_reply("404", "Not here"); exit;
          }
          if (is_method("REGISTER")) {
            if (!pv_www_authenticate("$td", "secret-of-$tU", "0")) { www_challenge("$td", "1"); exit; }
            fix_nated_register();
            save("location");
            xlog("L_WARN", "REGISTERED $tu over $proto expires $hdr(Expires)\n"); exit;
          }
          if (is_method("INVITE")) record_route();
          if (!lookup("location")) { sl_send_reply("404", "Not registered"); exit; }
          t_relay();
        }
        """;
}
