using System.Net;
using Support;

namespace EndToEnd.Tests.Peers;

/// <summary>kamailio as a proxy between UDP and TLS: what comes by UDP goes to the agent over TLS or as told; it stays in the route on both sides.</summary>
internal sealed class Kamailio : IAsyncDisposable
{
    public const string Missing = "kamailio with TLS is not installed (apt-get install kamailio kamailio-tls-modules).";

    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private Kamailio(PeerFolder folder, PeerProcess process, IPEndPoint udp) => (_folder, _process, Udp) = (folder, process, udp);

    public static bool IsInstalled { get; } = (PeerProcess.Exists("kamailio") || File.Exists("/usr/sbin/kamailio")) && ModuleFolder is not null;

    /// <summary>Where it takes UDP.</summary>
    public IPEndPoint Udp { get; }

    public string Log => _process.Output;

    internal static string? ModuleFolder => Directory.Exists("/usr/lib")
        ? Directory.GetFiles("/usr/lib", "tls.so", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 })
            .Where(path => path.Contains("kamailio", StringComparison.Ordinal)).Select(Path.GetDirectoryName).FirstOrDefault()
        : null;

    /// <param name="agent">Where calls go.</param>
    /// <param name="authority">Whose certificates it shows and believes.</param>
    /// <param name="transport">How calls go there: udp, tcp or tls.</param>
    /// <param name="media">Takes the callers' media in clear and passes it on encrypted; null leaves media alone.</param>
    public static async Task<Kamailio> StartAsync(IPEndPoint agent, TestAuthority authority, string transport = "tls", RtpEngine? media = null)
    {
        var folder = new PeerFolder("kamailio");
        using var certificate = authority.Issue("127.0.0.1");
        var (udp, tls) = (PeerPorts.Take(), PeerPorts.Take());
        var certificateFile = authority.Write(certificate, $"kamailio-{tls}.pem");
        await File.WriteAllTextAsync(folder.File("kam.cfg"), Config(udp, tls, $"{agent};transport={transport}", certificateFile, authority.CaFile, media));
        Directory.CreateDirectory(folder.File("run"));
        var process = await RunAsync(folder, tls);
        return new(folder, process, new(IPAddress.Loopback, udp));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.TerminateAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Starts one with the folder's <c>kam.cfg</c>, and waits until it listens.</summary>
    public static async Task<PeerProcess> RunAsync(PeerFolder folder, int port)
    {
        var program = PeerProcess.Exists("kamailio") ? "kamailio" : "/usr/sbin/kamailio";
        // In the foreground, so that its children go with it.
        var process = PeerProcess.Start(program, folder.Path, ["-f", folder.File("kam.cfg"), "-DD", "-E", "-w", folder.Path, "-Y", folder.File("run"), "-m", "64", "-M", "8"]);
        await TlsClient.ListeningAsync(new(IPAddress.Loopback, port), process);
        return process;
    }

    private static string Config(int udp, int tls, string agent, string certificateFile, string caFile, RtpEngine? media) => $$"""
        #!KAMAILIO
        debug=1
        log_stderror=yes
        children=2
        tcp_children=2
        auto_aliases=no
        enable_tls=yes
        mpath="{{ModuleFolder}}"
        listen=udp:127.0.0.1:{{udp}}
        listen=tcp:127.0.0.1:{{udp}}
        listen=tls:127.0.0.1:{{tls}}
        loadmodule "tls.so"
        loadmodule "tm.so"
        loadmodule "sl.so"
        loadmodule "rr.so"
        loadmodule "pv.so"
        loadmodule "maxfwd.so"
        loadmodule "textops.so"
        loadmodule "siputils.so"
        {{(media is null ? "" : $"loadmodule \"rtpengine.so\"\nmodparam(\"rtpengine\", \"rtpengine_sock\", \"udp:127.0.0.1:{media.ControlPort}\")")}}
        modparam("tls", "tls_method", "TLSv1.2+")
        modparam("tls", "private_key", "{{certificateFile}}")
        modparam("tls", "certificate", "{{certificateFile}}")
        modparam("tls", "ca_list", "{{caFile}}")
        modparam("tls", "verify_certificate", 1)
        modparam("tls", "require_certificate", 1)
        modparam("rr", "enable_full_lr", 1)
        modparam("rr", "enable_double_rr", 1)
        request_route {
          if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
          if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
          t_check_trans();
          {{(media is null ? "" : "if (is_method(\"BYE\")) rtpengine_delete();")}}
          if (has_totag()) { if (loose_route()) { t_relay(); exit; } if (is_method("ACK") && t_check_trans()) t_relay(); exit; }
          if (is_method("INVITE")) record_route();
          {{(media is null ? "" : "if (is_method(\"INVITE\")) { rtpengine_offer(\"replace-origin replace-session-connection ICE=remove RTP/SAVP\"); t_on_reply(\"MEDIA\"); }")}}
          $du = "sip:{{agent}}";
          t_relay();
        }
        {{(media is null ? "" : "onreply_route[MEDIA] { if (has_body(\"application/sdp\")) rtpengine_answer(\"replace-origin replace-session-connection ICE=remove RTP/AVP\"); }")}}
        """;
}
