using System.Net;
using Telephony.Audio;

namespace EndToEnd.Tests.Peers;

/// <summary>What a baresip phone is to be.</summary>
internal sealed record BaresipPhone
{
    /// <summary>udp, tcp or tls.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>Our loopback address that it lives on, as URIs name it.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>As its accounts name them: with rate and channels where these are not 8000 and 1.</summary>
    public string Codecs { get; init; } = "PCMU";

    /// <summary>Encryption of its media, as its accounts name it: srtp offers it, srtp-mand demands it; empty for none.</summary>
    public string MediaEncryption { get; init; } = "";

    /// <summary>Whose certificates it believes; empty for nobody's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>Its own certificate, with key: what it shows to those who call it over TLS; empty for none.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>Where and how it registers; null for a phone without a home.</summary>
    public BaresipLogin? Login { get; init; }

    /// <summary>Whether it takes calls by itself.</summary>
    public bool AnswersCalls { get; init; }

    /// <summary>Whether it offers video too: VP8, of a picture that it makes itself.</summary>
    public bool HasVideo { get; init; }

    /// <summary>Further parameters of its account, each with its semicolon.</summary>
    public string More { get; init; } = "";

    /// <summary>What it says, from the moment its media starts: 48 kHz mono.</summary>
    public required short[] Speech { get; init; }
}

/// <summary>An account that a baresip phone registers with.</summary>
internal sealed record BaresipLogin(string User, string Password, IPEndPoint Registrar);

/// <summary>baresip, a softphone that many devices are built on, as a child process: plays a WAV file, records what it hears.</summary>
internal sealed class Baresip : IAsyncDisposable
{
    public const string Missing = "baresip is not installed (apt-get install baresip-core).";

    private const int SourceRateHz = 48_000;
    private const int SilenceSeconds = 60;   // when its file ends baresip hangs up

    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(90);
    private static readonly string[] ModuleFolders =
        ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules", "/usr/lib/aarch64-linux-gnu/baresip/modules", "/usr/local/lib/baresip/modules"];

    private readonly PeerFolder _folder;
    private readonly PeerProcess _process;

    private Baresip(PeerFolder folder, PeerProcess process, BaresipControl control, IPEndPoint udp) => (_folder, _process, Control, Udp) = (folder, process, control, udp);

    public static bool IsInstalled { get; } = PeerProcess.Exists("baresip") && ModulesFolder is not null;

    public BaresipControl Control { get; }

    /// <summary>Where it takes SIP over UDP.</summary>
    public IPEndPoint Udp { get; }

    /// <summary>Where it takes SIP over TLS, if it has a certificate.</summary>
    public IPEndPoint Tls => new(Udp.Address, Udp.Port + 1);

    public string Log => _process.Output;

    private static string? ModulesFolder => Array.Find(ModuleFolders, Directory.Exists);

    public static async Task<Baresip> StartAsync(BaresipPhone phone)
    {
        var folder = new PeerFolder("baresip");
        var (sipPort, controlPort) = (PeerPorts.Take(2), PeerPorts.Take());
        new WavFile(SourceRateHz, 1, [.. phone.Speech, .. new short[SilenceSeconds * SourceRateHz]]).Write(folder.File("say.wav"));
        Directory.CreateDirectory(folder.File("rec"));
        await File.WriteAllTextAsync(folder.File("config"), Config(folder, phone, sipPort, controlPort, PeerPorts.Take(20)));
        var encryption = phone.MediaEncryption.Length > 0 ? $";mediaenc={phone.MediaEncryption}" : "";
        await File.WriteAllTextAsync(folder.File("accounts"), $"{Account(phone)};answermode={(phone.AnswersCalls ? "auto" : "manual")};audio_codecs={phone.Codecs}{encryption}{phone.More}\n");
        await File.WriteAllTextAsync(folder.File("contacts"), "");

        // It ends itself in time even if the test is killed.
        var process = PeerProcess.Start("baresip", folder.Path, ["-f", folder.Path, "-v", "-s", "-t", $"{(int)LongestLife.TotalSeconds}"]);
        var control = await BaresipControl.ConnectAsync(controlPort, () => !process.HasExited);
        if (control is not null)
            return new Baresip(folder, process, control, new IPEndPoint(IPAddress.Loopback, sipPort));
        var output = process.Output;
        await process.DisposeAsync();
        folder.Dispose();
        throw new InvalidOperationException("baresip did not start:\n" + output);
    }

    /// <summary>Dials; true when the call is established.</summary>
    public async Task<bool> CallAsync(string uri, TimeSpan timeout) =>
        await Control.CommandAsync("dial", uri) && await Control.WaitForAsync("CALL_ESTABLISHED", timeout) is not null;

    /// <summary>What it heard so far, at 8 kHz; it is recorded until the first hold only.</summary>
    public short[] Heard()
    {
        var file = Directory.GetFiles(_folder.File("rec"), "*-dec.wav").Order(StringComparer.Ordinal).FirstOrDefault();
        return file is not null && WavFile.TryRead(File.ReadAllBytes(file), out var wav) ? wav.ToMono(8000) : [];
    }

    public async ValueTask DisposeAsync()
    {
        Control.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Account(BaresipPhone phone) => phone.Login is { } login
        ? $"<sip:{login.User}@{login.Registrar};transport={phone.Transport}>;auth_user={login.User};auth_pass={login.Password};regint=60"
        : $"<sip:phone@{phone.Host};transport={phone.Transport}>;regint=0";

    // aubridge stands in for a loudspeaker; sndfile taps what would be heard. The interface must be the address, or the SDP names another one.
    private static string Config(PeerFolder folder, BaresipPhone phone, int sipPort, int controlPort, int firstRtpPort) => $"""
        module_path {ModulesFolder}
        sip_listen {phone.Host}:{sipPort}
        net_interface {phone.Host.Trim('[', ']')}
        ctrl_tcp_listen 127.0.0.1:{controlPort}
        rtp_ports {firstRtpPort}-{firstRtpPort + 18}
        audio_source aufile,{folder.File("say.wav")}
        audio_player aubridge,{Path.GetFileName(folder.Path)}
        ausrc_srate {SourceRateHz}
        auplay_srate {SourceRateHz}
        ausrc_channels 1
        auplay_channels 1
        audio_buffer 20-160
        jitter_buffer_delay 5-10
        call_max_calls 4
        rtp_stats yes
        snd_path {folder.File("rec")}
        statmode_default off
        ringback_disabled yes
        module opus.so
        module g722.so
        module g711.so
        module aufile.so
        module aubridge.so
        module sndfile.so
        module srtp.so
        module_tmp uuid.so
        module_tmp account.so
        module_app menu.so
        module_app debug_cmd.so
        module_app ctrl_tcp.so
        {(phone.CertificateFile.Length > 0 ? $"sip_certificate {phone.CertificateFile}" : "")}
        {(phone.CaFile.Length > 0 ? $"sip_cafile {phone.CaFile}" : "")}
        {(phone.HasVideo ? "module vp8.so\nmodule fakevideo.so\nvideo_source fakevideo,nil\nvideo_display fakevideo,nil" : "")}

        """;
}
