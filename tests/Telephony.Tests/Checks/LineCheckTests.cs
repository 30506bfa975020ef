using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Support;
using Support.Dns;
using Telephony.Checks;
using Telephony.Rtp;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Checks;

/// <summary>What <c>voiceagent check</c> finds on the line, in words with a remedy.</summary>
public sealed class LineCheckTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_port_that_another_program_has_is_told_and_that_of_the_running_service_is_none()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var options = new TelephonyOptions { Listen = [$"udp://{other.LocalEndPoint}"] };
        Assert.Equal((false, "another program listens there: stop it, or take another port in Telephony:Listen"), await FindAsync(options, "Listen"));
        Assert.Equal((true, "taken, by the service that is running"), await FindAsync(options, "Listen", isServiceRunning: true));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_told() => Assert.Equal(
        (false, "this machine does not have that address: take one of its own, or 0.0.0.0, in Telephony:Listen"),
        await FindAsync(new TelephonyOptions { Listen = ["udp://203.0.113.77:5060"] }, "Listen"));

    [Theory]
    [InlineData("127.0.0.1 pbx.example", 90, "pbx.example", true, "; its key fits")]
    [InlineData("127.0.0.1 pbx.example", 90, "", true, "for pbx.example, 127.0.0.1, from Test authority, valid until ")]
    [InlineData("other.example", 90, "pbx.example", false, "; it is not for Telephony:Tls:PublicName = 'pbx.example'")]
    [InlineData("pbx.example", 10, "pbx.example", false, "; it expires within 14 days: renew it")]
    [InlineData("pbx.example", -1, "pbx.example", false, "; it has expired: renew it")]
    public void The_certificate_is_judged(string names, int validDays, string publicName, bool isGood, string said)
    {
        using var certificate = _authority.Issue(names, validDays);
        var found = CertificateCheck.Run(new TlsOptions { CertificateFile = _authority.Write(certificate), PublicName = publicName }, TimeProvider.System);
        Assert.True(isGood == found.IsGood, found.Text);
        Assert.Contains(said, found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_told()
    {
        using var certificate = _authority.Issue("pbx.example");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(_authority.Folder, "mixed.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + other.ExportPkcs8PrivateKeyPem());
        var found = CertificateCheck.Run(new TlsOptions { CertificateFile = file }, TimeProvider.System);
        Assert.False(found.IsGood);
        Assert.Contains("Telephony:Tls:CertificateFile", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Media_ports_are_counted_and_tried()
    {
        using var first = Bound();
        var port = ((IPEndPoint)first.LocalEndPoint!).Port;
        var even = port - port % 2;
        var options = new TelephonyOptions { Listen = ["udp://127.0.0.1:0"] };
        var taken = MediaPortsCheck.Run(options, new RtpOptions { PortRange = $"{even}-{even + 1}" }, isServiceRunning: false);
        Assert.Equal((false, "all are taken by other programs: choose another range in Telephony:Rtp:PortRange"), (taken.IsGood, taken.Text));
        Assert.True(MediaPortsCheck.Run(options, new RtpOptions { PortRange = $"{even}-{even + 1}" }, isServiceRunning: true).IsGood);
        var free = MediaPortsCheck.Run(options, new RtpOptions { PortRange = "42000-42199" }, isServiceRunning: false);
        Assert.True(free.IsGood, free.Text);
        Assert.Contains(" of 100 pairs are free", free.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200", true, "accepts our login (200 Whatever)")]
    [InlineData("403", false, "answers 403 Whatever: check Username, AuthUsername and Password of Telephony:Trunks:provider")]
    [InlineData("404", false, "answers 404 Whatever: check Server, Domain and Username of Telephony:Trunks:provider")]
    [InlineData("500", false, "answers 500 Whatever: it is out of service; try again later, or ask the provider")]
    public async Task A_registration_is_tried_without_changing_it(string status, bool isGood, string said)
    {
        using var server = Bound();
        var checking = FindAsync(Trunk(server, registers: true), "Trunk");
        var register = await AnswerAsync(server, status);
        Assert.Equal("REGISTER", register.Method);
        Assert.False(register.Headers.Contains(HeaderNames.Contact));
        Assert.False(register.Headers.Contains(HeaderNames.Expires));
        Assert.Equal((isGood, said), await checking);
    }

    [Fact]
    public async Task A_static_trunk_is_asked_by_options()
    {
        using var server = Bound();
        var checking = FindAsync(Trunk(server, registers: false), "Trunk");
        Assert.Equal("OPTIONS", (await AnswerAsync(server, "404")).Method);
        Assert.Equal((true, "answers (404 Whatever)"), await checking);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_after_five_seconds()
    {
        using var server = Bound();
        var checking = FindAsync(Trunk(server, registers: true), "Trunk");
        await server.ReceiveAsync(new byte[2_000]);
        while (!checking.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
        var (isGood, text) = await checking;
        Assert.False(isGood);
        Assert.StartsWith("no answer within 5 s: check Server of Telephony:Trunks:provider, and that the firewall lets UDP to", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_without_servers_is_told()
    {
        await using var names = new TestDnsServer();
        var options = new TelephonyOptions
        {
            Listen = ["udp://127.0.0.1:0"],
            Dns = new() { Servers = [$"{names.EndPoint}"] },
            Trunks = { ["provider"] = new() { Server = "provider.invalid" } },
        };
        var (isGood, text) = await FindAsync(options, "Trunk");
        Assert.False(isGood);
        Assert.StartsWith("no server is found by sip:provider.invalid: check Server of Telephony:Trunks:provider", text, StringComparison.Ordinal);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static TelephonyOptions Trunk(Socket server, bool registers) => new()
    {
        Listen = ["udp://127.0.0.1:0"],
        Trunks = { ["provider"] = new TrunkOptions { Server = $"{server.LocalEndPoint}", Register = registers, Username = "me", Password = "secret" } },
    };

    private static async Task<SipRequest> AnswerAsync(Socket server, string status)
    {
        var buffer = new byte[2_000];
        var received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
        var request = Assert.IsType<SipRequest>(SipParser.Parse(buffer.AsSpan(0, received.ReceivedBytes)).Message);
        var answer = Sip.UserAgents.PeerScript.Response(request, int.Parse(status, null)).ReplaceLineEndings("\r\n") + "Content-Length: 0\r\n\r\n";
        await server.SendToAsync(Encoding.ASCII.GetBytes(answer), received.RemoteEndPoint);
        return request;
    }

    private async Task<(bool IsGood, string Text)> FindAsync(TelephonyOptions options, string subject, bool isServiceRunning = false)
    {
        LineFinding? found = null;
        await foreach (var finding in LineCheck.RunAsync(options, new RtpOptions { PortRange = "42200-42209" }, isServiceRunning, _clock, CancellationToken.None))
            found = finding.Subject.StartsWith(subject, StringComparison.Ordinal) ? finding : found;
        return found is null ? throw new InvalidOperationException($"Nothing was found of {subject}.") : (found.IsGood, found.Text);
    }
}
