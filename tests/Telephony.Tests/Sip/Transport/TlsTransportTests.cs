using System.Diagnostics;
using System.Security.Authentication;
using System.Text;
using Support;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>Peers that connect to us over TLS, on real loopback sockets.</summary>
public sealed class TlsTransportTests : IDisposable
{
    private const string EndOfAnswer = "Content-Length: 0\r\n\r\n";

    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Call_is_answered_with_a_contact_that_says_tls()
    {
        await using var bench = await StartAsync();
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);

        var contact = await ContactAsync(peer, "sip:agent@host");

        Assert.Equal($"<sip:agent@127.0.0.1:{bench.Address(SipProtocol.Tls).Port};transport=tls>", contact);
    }

    [Fact]
    public async Task Sips_call_is_answered_with_a_sips_contact()
    {
        await using var bench = await StartAsync(tls => tls with { PublicName = "agent.example.com" });
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);

        var contact = await ContactAsync(peer, "sips:agent@host");

        Assert.Equal($"<sips:agent@agent.example.com:{bench.Address(SipProtocol.Tls).Port}>", contact);
    }

    [Fact]
    public async Task Sips_without_tls_is_refused()
    {
        await using var bench = await StartAsync();
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tcp));

        await peer.SendAsync(Request("OPTIONS", "s1", "sips:agent@host"));

        Assert.StartsWith("SIP/2.0 416 ", await SocketBench.ReadUntilAsync(peer, EndOfAnswer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_of_today_are_spoken(SslProtocols version)
    {
        await using var bench = await StartAsync();
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority, versions: version);
        await peer.SendAsync(Options("v1"));

        Assert.StartsWith("SIP/2.0 200 OK", await peer.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
        Assert.Equal(version, peer.Version);
    }

    [Theory]
    [InlineData(0x00)]   // SSL 3
    [InlineData(0x01)]   // TLS 1.0
    [InlineData(0x02)]   // TLS 1.1
    public async Task Older_versions_are_refused(byte minor)
    {
        await using var bench = await StartAsync();
        using var peer = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tls));
        await peer.SendAsync(ClientHello(minor));

        var answer = new byte[7];
        var length = await peer.ReceiveAsync(answer).WaitAsync(TimeSpan.FromSeconds(20));

        // A fatal alert (RFC 5246 section 7.2): protocol_version, from some versions of the library handshake_failure; never a ServerHello.
        Assert.Equal(7, length);
        Assert.Equal((0x15, 2), (answer[0], answer[5]));
        Assert.Contains(answer[6], new byte[] { 70, 40 });
        Assert.True(await SocketBench.IsClosedAsync(peer));
    }

    [Fact]
    public async Task Peer_cannot_renegotiate()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl"), "openssl is not installed");
        await using var bench = await StartAsync();
        using var openssl = Process.Start(new ProcessStartInfo("openssl", $"s_client -connect {bench.Address(SipProtocol.Tls)} -tls1_2")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = openssl.StandardError.ReadToEndAsync();
        _ = openssl.StandardOutput.ReadToEndAsync();
        await openssl.StandardInput.WriteLineAsync("R");   // s_client's wish for a new handshake
        await openssl.StandardInput.FlushAsync();

        await openssl.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Contains("RENEGOTIATING", await errors, StringComparison.Ordinal);
        Assert.Contains("error", await errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_and_half_open_handshakes_are_closed_and_hurt_no_other()
    {
        await using var bench = await StartAsync(tls => tls with { HandshakeTimeout = TimeSpan.FromMilliseconds(400) });
        using var silent = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tls));
        using var half = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tls));
        await half.SendAsync(ClientHello(3).AsMemory(0, 20));
        using var healthy = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        await healthy.SendAsync(Options("healthy"));

        Assert.Contains("200 OK", await healthy.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
        Assert.True(await SocketBench.IsClosedAsync(silent));
        Assert.True(await SocketBench.IsClosedAsync(half));
    }

    [Fact]
    public async Task Handshake_beyond_the_limit_ends_the_oldest_one()
    {
        await using var bench = await StartAsync(tls => tls with { MaxHandshakesPerAddress = 2 });
        using var oldest = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tls));
        using var second = await SocketBench.ConnectAsync(bench.Address(SipProtocol.Tls));
        using var newest = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        await newest.SendAsync(Options("newest"));

        Assert.Contains("200 OK", await newest.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
        Assert.True(await SocketBench.IsClosedAsync(oldest));
        Assert.True(second.Connected);
    }

    [Theory]
    [InlineData(ClientCertificateMode.Required, "own", true)]
    [InlineData(ClientCertificateMode.Required, "stranger", false)]
    [InlineData(ClientCertificateMode.Required, "expired", false)]
    [InlineData(ClientCertificateMode.Required, "", false)]
    [InlineData(ClientCertificateMode.Optional, "own", true)]
    [InlineData(ClientCertificateMode.Optional, "stranger", false)]
    [InlineData(ClientCertificateMode.Optional, "", true)]
    public async Task Peer_proves_itself_where_that_is_asked_for(ClientCertificateMode mode, string shown, bool isServed)
    {
        using var strangers = new TestAuthority();
        using var certificate = shown.Length == 0 ? null : (shown == "stranger" ? strangers : _authority).Issue("phone.example.com", shown == "expired" ? -1 : 90);
        await using var bench = await StartAsync(tls => tls with { ClientCertificate = mode });

        Assert.Equal(isServed, await IsServedAsync(bench, certificate));
    }

    [Fact]
    public async Task Renewed_certificate_serves_new_peers_and_a_broken_one_nobody()
    {
        await using var bench = await StartAsync();
        using var before = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        using var renewed = _authority.Issue("127.0.0.1");
        _authority.Write(renewed);
        await UntilAsync(async () => await ShownAsync(bench) == renewed.Thumbprint);

        await File.WriteAllTextAsync(Path.Combine(_authority.Folder, "tls.pem"), "-----BEGIN nothing");
        await Task.Delay(TlsCredentialSource.PollInterval + TimeSpan.FromMilliseconds(500));   // the broken file has to be seen

        Assert.Equal(renewed.Thumbprint, await ShownAsync(bench));
        await before.SendAsync(Options("before"));
        Assert.Contains("200 OK", await before.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
    }

    private static byte[] Request(string method, string callId, string uri) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(SocketBench.Request(method, $"SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bK{callId}", callId))
            .Replace($"{method} sip:agent@host", $"{method} {uri}", StringComparison.Ordinal));

    private static byte[] Options(string callId) => Request("OPTIONS", callId, "sip:agent@host");

    private static async Task<string> ContactAsync(TlsPeer peer, string uri)
    {
        await peer.SendAsync(Request("INVITE", "c1", uri));
        await peer.ReadUntilAsync(EndOfAnswer);
        var answer = await peer.ReadUntilAsync("v=0\r\n");
        return SipParser.Parse(Encoding.ASCII.GetBytes(answer)).Message!.Headers.GetFirst(HeaderNames.Contact)!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await isSo())
            await Task.Delay(100, patience.Token);
    }

    /// <summary>A ClientHello of that version (3.minor) with some suites of its time and no extensions.</summary>
    private static byte[] ClientHello(byte minor)
    {
        byte[] suites = [0x00, 0x2F, 0x00, 0x35, 0xC0, 0x09, 0xC0, 0x0A, 0xC0, 0x13, 0xC0, 0x14];
        byte[] body = [3, minor, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0];
        byte[] handshake = [1, 0, 0, (byte)body.Length, .. body];
        return [0x16, 3, minor, 0, (byte)handshake.Length, .. handshake];
    }

    private async Task<SocketBench> StartAsync(Func<TlsOptions, TlsOptions>? change = null)
    {
        using var certificate = _authority.Issue("127.0.0.1 localhost");
        var tls = new TlsOptions { CertificateFile = _authority.Write(certificate), TrustedCaFile = _authority.CaFile };
        return await SocketBench.StartAsync("tls://127.0.0.1:0 tcp://127.0.0.1:0", tls: change?.Invoke(tls) ?? tls);
    }

    private async Task<string> ShownAsync(SocketBench bench)
    {
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        return peer.Shown!.Thumbprint;
    }

    private async Task<bool> IsServedAsync(SocketBench bench, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate)
    {
        try
        {
            using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority, certificate);
            await peer.SendAsync(Options("who"));
            return (await peer.ReadUntilAsync(EndOfAnswer)).Contains("200 OK", StringComparison.Ordinal);
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return false;
        }
    }
}
