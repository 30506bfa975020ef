using System.Net;
using Support;

namespace EndToEnd.Tests.Peers;

/// <summary>kamailio as a proxy between UDP and TLS: what comes by UDP goes to the agent over TLS or as told, or what the agent sends over TLS goes to a phone; it stays in the
/// route on both sides.</summary>
internal sealed class Kamailio : IAsyncDisposable
{
    public const string Missing = "kamailio with TLS is not installed (apt-get install kamailio kamailio-tls-modules).";

    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private Kamailio(PeerFolder folder, PeerProcess process, IPEndPoint udp, IPEndPoint tls) => (_folder, _process, Udp, Tls) = (folder, process, udp, tls);

    public static bool IsInstalled { get; } = (PeerProcess.Exists("kamailio") || File.Exists("/usr/sbin/kamailio")) && ModuleFolder is not null;

    /// <summary>Where it takes UDP.</summary>
    public IPEndPoint Udp { get; }

    /// <summary>Where it takes TLS.</summary>
    public IPEndPoint Tls { get; }

    public string Log => _process.Output;

    internal static string? ModuleFolder => Directory.Exists("/usr/lib")
        ? Directory.GetFiles("/usr/lib", "tls.so", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 })
            .Where(path => path.Contains("kamailio", StringComparison.Ordinal)).Select(Path.GetDirectoryName).FirstOrDefault()
        : null;

    /// <param name="target">Where calls go.</param>
    /// <param name="authority">Whose certificates it shows and believes.</param>
    /// <param name="transport">How calls go there: udp, tcp or tls.</param>
    /// <param name="media">Takes the callers' media in clear and passes it on encrypted; null leaves media alone.</param>
    /// <param name="isForAgent">Whether it is the agent that calls: then the media that comes is encrypted, and passed on in clear.</param>
    public static async Task<Kamailio> StartAsync(IPEndPoint target, TestAuthority authority, string transport = "tls", RtpEngine? media = null, bool isForAgent = false)
    {
        var folder = new PeerFolder("kamailio");
        using var certificate = authority.Issue("127.0.0.1");
        var (udp, tls) = (PeerPorts.Take(), PeerPorts.Take());
        var certificateFile = authority.Write(certificate, $"kamailio-{tls}.pem");
        await File.WriteAllTextAsync(folder.File("kam.cfg"), Config(udp, tls, $"{target};transport={transport}", certificateFile, authority.CaFile, media, isForAgent));
        Directory.CreateDirectory(folder.File("run"));
        var process = await RunAsync(folder, tls);
        return new(folder, process, new(IPAddress.Loopback, udp), new(IPAddress.Loopback, tls));
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

    private static string Config(int udp, int tls, string target, string certificateFile, string caFile, RtpEngine? media, bool isForAgent) => $$"""
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
        modparam("tls", "require_certificate", {{(isForAgent ? 0 : 1)}})
        modparam("rr", "enable_full_lr", 1)
        modparam("rr", "enable_double_rr", 1)
        request_route {
          if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
          if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
          t_check_trans();
          {{(media is null ? "" : "if (is_method(\"BYE\")) rtpengine_delete();")}}
          if (has_totag()) { if (loose_route()) { t_relay(); exit; } if (is_method("ACK") && t_check_trans()) t_relay(); exit; }
          if (is_method("INVITE")) record_route();
          {{(media is null ? "" : $"if (is_method(\"INVITE\")) {{ rtpengine_offer(\"replace-origin replace-session-connection ICE=remove {(isForAgent ? "RTP/AVP" : "RTP/SAVP")}\"); t_on_reply(\"MEDIA\"); }}")}}
          $du = "sip:{{target}}";
          t_relay();
        }
        {{(media is null ? "" : $"onreply_route[MEDIA] {{ if (has_body(\"application/sdp\")) rtpengine_answer(\"replace-origin replace-session-connection ICE=remove {(isForAgent ? "RTP/SAVP" : "RTP/AVP")}\"); }}")}}
        """;
}
