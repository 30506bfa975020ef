using System.Diagnostics;
using System.Text;

namespace EndToEnd.Tests.Peers;

/// <summary>linphonec, a softphone of another make, as a child process that is told its commands line by line.</summary>
internal sealed class Linphone : IAsyncDisposable
{
    public const string Missing = "linphonec is not installed (apt-get install linphone-cli).";

    private const string Video = "\n[video]\nenabled=1\ncapture=1\ndisplay=1\nautomatically_initiate=1\nautomatically_accept=1\n";

    private readonly PeerFolder _folder;
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private Linphone(PeerFolder folder, Process process) => (_folder, _process) = (folder, process);

    public static bool IsInstalled { get; } = PeerProcess.Exists("linphonec");

    public string Log { get { lock (_output) return _output.ToString(); } }

    /// <param name="transport">udp, tcp or tls.</param>
    /// <param name="mediaEncryption">none or srtp.</param>
    /// <param name="sendsInfo">Whether its keys go by INFO and not by RTP.</param>
    /// <param name="sip">A further line of its settings for SIP.</param>
    /// <param name="more">Further lines of its settings for RTP, and sections behind them.</param>
    /// <param name="hasVideo">Whether it offers video too.</param>
    public static async Task<Linphone> StartAsync(string transport, string mediaEncryption = "none", bool sendsInfo = false, string sip = "", string more = "", bool hasVideo = false)
    {
        var folder = new PeerFolder("linphone");
        Directory.CreateDirectory(folder.File(".local/share/linphone"));
        Directory.CreateDirectory(folder.File(".config/linphone"));
        await File.WriteAllTextAsync(folder.File("rc"), Settings(transport, mediaEncryption, sendsInfo, PeerPorts.Take(), PeerPorts.Take(), sip, more + (hasVideo ? Video : "")));
        var start = new ProcessStartInfo("linphonec", ["-c", folder.File("rc"), "-d", "6", "-l", folder.File("sip.log"), .. hasVideo ? ["-V"] : Array.Empty<string>()])
        {
            WorkingDirectory = folder.Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = folder.Path;
        var phone = new Linphone(folder, new Process { StartInfo = start });
        phone._process.OutputDataReceived += (_, line) => phone.Append(line.Data);
        phone._process.ErrorDataReceived += (_, line) => phone.Append(line.Data);
        phone._process.Start();
        phone._process.BeginOutputReadLine();
        phone._process.BeginErrorReadLine();
        await phone.SayAsync("soundcard use files");
        return phone;
    }

    /// <summary>Its log, with every SIP message as it was sent and received.</summary>
    public string Wire
    {
        get
        {
            using var reader = new StreamReader(new FileStream(PathOf("sip.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        }
    }

    /// <summary>The last lines of that, for the message of a test that failed; it prints less itself than it does.</summary>
    public string WireEnd => File.Exists(PathOf("sip.log")) ? string.Join('\n', Wire.Split('\n').TakeLast(60)) : "It wrote no log.";

    /// <summary>A file in its folder.</summary>
    public string PathOf(string name) => _folder.File(name);

    /// <summary>Types a command.</summary>
    public async Task SayAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has printed something; false if it does not in time.</summary>
    public async Task<bool> HearsAsync(string text, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (limit.IsCancellationRequested || _process.HasExited)
                return false;
            await Task.Delay(50);
        }
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SayAsync("quit");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
        _process.Dispose();
        _folder.Dispose();
    }

    private void Append(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    // Ports of 0 are off; without the last two lines of [sip] it would say IPv6 in its SDP.
    private static string Settings(string transport, string mediaEncryption, bool sendsInfo, int sipPort, int rtpPort, string sip, string more) => $"""
        [sip]
        sip_port={(transport == "udp" ? sipPort : 0)}
        sip_tcp_port={(transport == "tcp" ? sipPort : 0)}
        sip_tls_port={(transport == "tls" ? sipPort : 0)}
        guess_hostname=0
        contact="Phone" <sip:lp@127.0.0.1>
        use_ipv6=0
        ipv6_migration_done=1
        media_encryption={mediaEncryption}
        use_info={(sendsInfo ? 1 : 0)}
        use_rfc2833={(sendsInfo ? 0 : 1)}
        verify_server_certs=0
        verify_server_cn=0
        {sip}
        [rtp]
        audio_rtp_port={rtpPort}
        {more}

        """;
}
