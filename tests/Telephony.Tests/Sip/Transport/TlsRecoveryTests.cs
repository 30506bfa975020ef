using System.Net;
using System.Net.Sockets;
using System.Text;
using Support;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>Calls whose TLS connection is lost: what we have to say is said on another one, to a peer that proves to be the right one, or not at all.</summary>
public sealed class TlsRecoveryTests : IDisposable
{
    private const string EndOfAnswer = "Content-Length: 0\r\n\r\n";

    private readonly TestAuthority _authority = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TlsRecoveryTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _authority.Dispose();
    }

    [Theory]
    [InlineData("sips:peer@localhost:{0}")]
    [InlineData("sip:peer@localhost:{0};transport=tls")]
    [InlineData("sip:peer@localhost:{0}")]   // says UDP, but what began over TLS stays there
    public async Task Bye_goes_to_the_contact_on_a_new_connection(string contact)
    {
        await using var bench = await StartAsync();
        await CallAndLoseAsync(bench, contact);
        using var certificate = _authority.Issue("localhost");

        bench.Agent.Post(() => bench.Call!.Bye());

        using var peer = await TlsPeer.AcceptAsync(_listener, certificate);
        var bye = await peer.ReadUntilAsync(EndOfAnswer);
        Assert.StartsWith("BYE sip", bye, StringComparison.Ordinal);
        Assert.Contains("Via: SIP/2.0/TLS 127.0.0.1:", bye, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bye_is_not_told_to_one_that_is_not_who_the_contact_names()
    {
        await using var bench = await StartAsync();
        await CallAndLoseAsync(bench, "sip:peer@localhost:{0};transport=tls");
        using var certificate = _authority.Issue("impostor.example.com");

        bench.Agent.Post(() => bench.Call!.Bye());

        Assert.DoesNotContain("BYE", await ReadFromAsync(certificate), StringComparison.Ordinal);
        await SocketBench.UntilAsync(() => bench.Agent.DialogCount == 0);
    }

    [Fact]
    public async Task Dialog_follows_a_peer_that_comes_back_on_a_new_connection()
    {
        await using var bench = await StartAsync();
        var tag = await CallAndLoseAsync(bench, "sip:peer@127.0.0.1:1;transport=tls");
        using var again = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        await again.SendAsync(SocketBench.Request("OPTIONS", "SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKo", "r1", $";tag={tag}", cseq: 2));
        Assert.Contains("200 OK", await again.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);

        bench.Agent.Post(() => bench.Call!.Bye());

        Assert.StartsWith("BYE ", await again.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dialog_over_tls_does_not_follow_a_request_that_came_without_it()
    {
        await using var bench = await StartAsync();
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        var tag = await CallAsync(bench, peer, "<sip:peer@localhost:1>");
        using var datagrams = SocketBench.Datagrams();
        await datagrams.SendToAsync(SocketBench.Request("OPTIONS", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKo", "r1", $";tag={tag}", cseq: 2), bench.Address(SipProtocol.Udp));
        Assert.Equal(200, ((SipResponse)await SocketBench.ReceiveDatagramAsync(datagrams)).StatusCode);

        bench.Agent.Post(() => bench.Call!.Bye());

        Assert.StartsWith("BYE ", await peer.ReadUntilAsync(EndOfAnswer), StringComparison.Ordinal);
    }

    private async Task<SocketBench> StartAsync()
    {
        using var certificate = _authority.Issue("127.0.0.1");
        return await SocketBench.StartAsync("udp://127.0.0.1:0 tls://127.0.0.1:0", tls: new() { CertificateFile = _authority.Write(certificate), TrustedCaFile = _authority.CaFile });
    }

    /// <summary>Makes a call over TLS, cuts its connection, and gives our tag.</summary>
    private async Task<string> CallAndLoseAsync(SocketBench bench, string contact)
    {
        var address = $"<{string.Format(System.Globalization.CultureInfo.InvariantCulture, contact, Port)}>";
        using var peer = await TlsPeer.ConnectAsync(bench.Address(SipProtocol.Tls), _authority);
        var tag = await CallAsync(bench, peer, address);
        peer.Dispose();
        await SocketBench.UntilAsync(() => bench.Agent.ConnectionCount == 0);
        return tag;
    }

    private static async Task<string> CallAsync(SocketBench bench, TlsPeer peer, string contact)
    {
        await peer.SendAsync(SocketBench.Request("INVITE", "SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKi", "r1", contact: contact));
        await peer.ReadUntilAsync(EndOfAnswer);
        var tag = SipParser.Parse(Encoding.ASCII.GetBytes(await peer.ReadUntilAsync("v=0\r\n"))).Message!.To.Tag!;
        await peer.SendAsync(SocketBench.Request("ACK", "SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKa", "r1", $";tag={tag}"));
        await peer.SendAsync(SocketBench.Request("OPTIONS", "SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKx", "other"));   // its answer shows that the ACK is there
        await peer.ReadUntilAsync(EndOfAnswer);
        Assert.Equal(1, bench.Agent.DialogCount);
        return tag;
    }

    private async Task<string> ReadFromAsync(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        try
        {
            using var peer = await TlsPeer.AcceptAsync(_listener, certificate);
            return await peer.ReadUntilAsync(EndOfAnswer);
        }
        catch (Exception refused) when (refused is System.Security.Authentication.AuthenticationException or IOException)
        {
            return "";
        }
    }
}
