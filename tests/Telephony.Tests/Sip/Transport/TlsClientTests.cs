using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Support;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

/// <summary>TLS connections that we open: whose certificates are believed, and what they are used for.</summary>
public sealed class TlsClientTests : IAsyncDisposable, ITransportListener
{
    private static readonly byte[] Message = Encoding.ASCII.GetBytes("BYE sip:x@y SIP/2.0\r\n\r\n");

    private readonly TestAuthority _authority = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SipMetrics _metrics = new(() => 0, () => 0, () => 0, () => 0);
    private readonly LogLines<TlsClientTests> _log = new();
    private readonly ManualTimeProvider _clock = new();
    private TcpTransport? _transport;
    private volatile int _received;

    public TlsClientTests() => _listener.Start();

    public async ValueTask DisposeAsync()
    {
        if (_transport is not null)
            await _transport.DisposeAsync();
        _listener.Dispose();
        _metrics.Dispose();
        _authority.Dispose();
    }

    bool ITransportListener.OnMessage(InboundMessage message)
    {
        _received++;
        return true;
    }

    [Theory]
    [InlineData("pbx.example.com", "pbx.example.com", true)]
    [InlineData("pbx.example.com", "PBX.Example.com", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("*.example.com", "pbx.example.com", true)]
    [InlineData("pbx7.example.net sip:example.com", "example.com", true)]        // RFC 5922: the domain as a SIP URI
    [InlineData("pbx7.example.net sip:bob@example.com", "example.com", false)]   // for that user only
    [InlineData("other.example.com", "pbx.example.com", false)]
    [InlineData("pbx.example.com", "127.0.0.1", false)]
    public async Task Server_must_prove_the_name_that_was_asked_for(string names, string asked, bool isBelieved)
    {
        using var certificate = _authority.Issue(names);
        Assert.Equal(isBelieved, await IsBelievedAsync(certificate, asked));
    }

    [Fact]
    public async Task Expired_certificate_is_refused()
    {
        using var certificate = _authority.Issue("pbx.example.com", validDays: -1);
        Assert.False(await IsBelievedAsync(certificate, "pbx.example.com"));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: No TLS connection to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_of_a_stranger_is_refused_and_in_a_laboratory_believed()
    {
        using var strangers = new TestAuthority();
        using var certificate = strangers.Issue("pbx.example.com");
        Assert.False(await IsBelievedAsync(certificate, "pbx.example.com"));
        await _transport!.DisposeAsync();
        Assert.True(await IsBelievedAsync(certificate, "pbx.example.com", tls => tls with { CheckServers = false }));
    }

    [Fact]
    public async Task Connection_serves_the_name_it_was_checked_for_and_no_other_at_the_same_address()
    {
        Start();
        using var certificate = _authority.Issue("one.example.com");
        var first = Send("one.example.com");
        using var connection = await TlsPeer.AcceptAsync(_listener, certificate);
        Assert.Contains("BYE", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);

        var name = "";
        var other = Send("two.example.com");
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var second = await TlsPeer.AcceptAsync(_listener, certificate, hello => name = hello);
            await second.ReadUntilAsync("\r\n\r\n").ContinueWith(read => Assert.DoesNotContain("BYE", read.Result, StringComparison.Ordinal), TaskScheduler.Default);
            throw new AuthenticationException("refused after the handshake, as TLS 1.3 does");
        });
        _ = Send("one.example.com");

        Assert.Equal("two.example.com", name);
        Assert.False(await other.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("BYE", await connection.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task Nothing_is_connected_to_without_a_name_to_check()
    {
        Start();
        Assert.False(await Send(serverName: null).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.False(_listener.Pending());
    }

    [Fact]
    public async Task Our_certificate_is_shown_to_a_server_that_asks()
    {
        Start();
        using var certificate = _authority.Issue("pbx.example.com");
        _ = Send("pbx.example.com");
        using var socket = await _listener.AcceptSocketAsync();
        await using var stream = new System.Net.Security.SslStream(new NetworkStream(socket));

        await stream.AuthenticateAsServerAsync(new System.Net.Security.SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });

        Assert.Equal("CN=agent.example.com", stream.RemoteCertificate?.Subject);
    }

    [Fact]
    public async Task Without_a_listener_and_a_certificate_connections_are_made_and_say_their_port()
    {
        Start(_ => new TlsOptions { TrustedCaFile = _authority.CaFile }, onlyConnects: true);
        using var certificate = _authority.Issue("pbx.example.com");
        Assert.Null(FlowTo("pbx.example.com").AdvertisedPort);
        _ = Send("pbx.example.com");
        using var peer = await TlsPeer.AcceptAsync(_listener, certificate);
        Assert.Contains("BYE", await peer.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.NotNull(FlowTo("pbx.example.com").AdvertisedPort);
        Assert.Null(FlowTo("other.example.com").AdvertisedPort);
        await SayAsync(peer, "");
        Assert.Equal(1, _received);
    }

    [Fact]
    public async Task Trunks_certificate_is_shown_on_connections_of_its_own_and_a_renewed_one_on_the_next()
    {
        Start();
        using var mine = _authority.Issue("customer.example.com");
        using var renewed = _authority.Issue("renewed.example.com");
        var which = new ClientCertificate("Telephony:Trunks:provider:ClientCertificate", new() { CertificateFile = _authority.Write(mine, "client.pem") });
        Assert.Equal("CN=customer.example.com", await ShownAsync(which));
        Assert.Equal("CN=agent.example.com", await ShownAsync(null));
        _authority.Write(renewed, "client.pem");
        Assert.Equal("CN=renewed.example.com", await ShownAsync(which));
        await File.WriteAllTextAsync(Path.Combine(_authority.Folder, "client.pem"), "rubbish");
        Assert.Equal("CN=renewed.example.com", await ShownAsync(which));
        Assert.Contains(_log.Lines, line => line.Contains("Telephony:Trunks:provider:ClientCertificate:CertificateFile = '", StringComparison.Ordinal));
    }

    /// <summary>Whose certificate a new connection shows; the server ends it then.</summary>
    private async Task<string?> ShownAsync(ClientCertificate? which)
    {
        using var certificate = _authority.Issue("pbx.example.com");
        _transport!.Send(Message, FlowTo("pbx.example.com") with { ClientCertificate = which }, null);
        using var socket = await _listener.AcceptSocketAsync();
        await using var stream = new System.Net.Security.SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsServerAsync(new System.Net.Security.SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
        var subject = stream.RemoteCertificate?.Subject;
        var open = _transport.ConnectionCount;
        socket.Shutdown(SocketShutdown.Both);
        await SocketBench.UntilAsync(() => _transport.ConnectionCount < open);
        return subject;
    }

    [Fact]
    public async Task Connection_that_we_opened_is_kept_alive_until_its_pong_stays_out()
    {
        Start();
        using var certificate = _authority.Issue("pbx.example.com");
        _ = Send("pbx.example.com");
        using var peer = await TlsPeer.AcceptAsync(_listener, certificate);
        await peer.ReadUntilAsync("\r\n\r\n");
        await SayAsync(peer, "");

        for (var i = 0; i < 3; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal("\r\n\r\n", await peer.ReadUntilAsync("\r\n\r\n"));
            if (i < 2)
                await SayAsync(peer, "\r\n");
        }
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.True(await peer.IsClosedAsync());
        Assert.Contains(_log.Lines, line => line.Contains("no_pong", StringComparison.Ordinal));
    }

    /// <summary>Says that, and a message after it, which shows that it has been read.</summary>
    private async Task SayAsync(TlsPeer peer, string text)
    {
        var before = _received;
        await peer.SendAsync(Encoding.ASCII.GetBytes(text));
        await Task.Delay(100);   // in a record of its own, as a pong comes
        await peer.SendAsync(SocketBench.Request("OPTIONS", "SIP/2.0/TLS 127.0.0.1:1;branch=z9hG4bKk", "k"));
        await SocketBench.UntilAsync(() => _received > before);
    }

    private void Start(Func<TlsOptions, TlsOptions>? change = null, bool onlyConnects = false)
    {
        using var certificate = _authority.Issue("agent.example.com");
        var tls = new TlsOptions { CertificateFile = _authority.Write(certificate), TrustedCaFile = _authority.CaFile };
        _transport = new(new(SipProtocol.Tls, new IPEndPoint(IPAddress.Loopback, 0)) { OnlyConnects = onlyConnects }, new OwnAddresses([], _ => null), new(), change?.Invoke(tls) ?? tls, gate: null, _metrics, _clock, _log) { Random = new Widest() };
        _transport.Start(this);
    }

    /// <summary>Completes, with false, when the message could not be sent.</summary>
    private Task<bool> Send(string? serverName)
    {
        var failed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _transport!.Send(Message, FlowTo(serverName), () => failed.TrySetResult(false));
        return failed.Task;
    }

    private SipFlow FlowTo(string? serverName) => new(_transport!, (IPEndPoint)_listener.LocalEndpoint, IPAddress.Loopback, ServerName: serverName);

    private async Task<bool> IsBelievedAsync(X509Certificate2 certificate, string asked, Func<TlsOptions, TlsOptions>? change = null)
    {
        Start(change);
        var sent = Send(asked);
        try
        {
            using var peer = await TlsPeer.AcceptAsync(_listener, certificate);
            var isBelieved = (await peer.ReadUntilAsync("\r\n\r\n")).StartsWith("BYE", StringComparison.Ordinal);
            return isBelieved || await sent.WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return await sent.WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    private sealed class Widest : Random
    {
        public override double NextDouble() => 1;
    }
}
