using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests;

/// <summary>Goal A29: a caller at a link-local address, whose zone stands in no message and is needed for all that is sent there.</summary>
public sealed partial class LinkLocalCallTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    // Where no interface has one, the same is shown without a zone.
    private static IPAddress Address => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus == OperationalStatus.Up)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.IsIPv6LinkLocal && address.ScopeId != 0) ?? IPAddress.IPv6Loopback;

    [Fact]
    public async Task Caller_at_a_link_local_address_hears_the_agent_and_gets_its_bye()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Listen:0", "udp://[::]:0"), ("Telephony:Listen:1", "tcp://[::1]:0"), ("Calls:DrainGrace", "00:00:01"));
        using var sip = new UdpClient(new IPEndPoint(Address, 0));
        using var rtp = new UdpClient(new IPEndPoint(Address, 0));
        await sip.SendAsync(Invite(sip, rtp), new IPEndPoint(Address, agent.Udp.Port));
        var answer = await ReceiveAsync(sip, "SIP/2.0 200");
        Assert.DoesNotContain('%', answer);
        Assert.Contains($"c=IN IP6 {WithoutZone}", answer, StringComparison.Ordinal);

        await sip.SendAsync(Ack(answer, sip), new IPEndPoint(Address, agent.Udp.Port));
        var packet = await rtp.ReceiveAsync().WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal(12 + 160, packet.Buffer.Length);

        var stopping = agent.StopAsync();
        var bye = await ReceiveAsync(sip, "BYE ");
        await sip.SendAsync(Ok(bye), new IPEndPoint(Address, agent.Udp.Port));
        await stopping.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    private static string WithoutZone => new IPAddress(Address.GetAddressBytes()).ToString();

    private static byte[] Invite(UdpClient sip, UdpClient rtp)
    {
        var sdp = $"v=0\r\no=- 1 1 IN IP6 {WithoutZone}\r\ns=-\r\nc=IN IP6 {WithoutZone}\r\nt=0 0\r\nm=audio {Port(rtp)} RTP/AVP 0\r\n";
        return Bytes($"INVITE sip:agent@[{WithoutZone}] SIP/2.0\r\nVia: SIP/2.0/UDP [{WithoutZone}]:{Port(sip)};branch=z9hG4bKll1;rport\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:caller@[{WithoutZone}]>;tag=1\r\nTo: <sip:agent@[{WithoutZone}]>\r\nCall-ID: link-local\r\nCSeq: 1 INVITE\r\n"
            + $"Contact: <sip:caller@[{WithoutZone}]:{Port(sip)}>\r\nContent-Type: application/sdp\r\nContent-Length: {sdp.Length}\r\n\r\n{sdp}");
    }

    private static byte[] Ack(string answer, UdpClient sip) => Bytes(
        $"ACK {Contact().Match(answer).Groups[1].Value} SIP/2.0\r\nVia: SIP/2.0/UDP [{WithoutZone}]:{Port(sip)};branch=z9hG4bKll2;rport\r\nMax-Forwards: 70\r\n"
        + $"From: <sip:caller@[{WithoutZone}]>;tag=1\r\n{To().Match(answer).Value}\r\nCall-ID: link-local\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n");

    private static byte[] Ok(string request) => Bytes(
        "SIP/2.0 200 OK\r\n" + string.Concat(Echoed().Matches(request).Select(line => line.Value + "\r\n")) + "Content-Length: 0\r\n\r\n");

    private static int Port(UdpClient client) => ((IPEndPoint)client.Client.LocalEndPoint!).Port;

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static async Task<string> ReceiveAsync(UdpClient client, string start)
    {
        while (true)
        {
            var message = Encoding.ASCII.GetString((await client.ReceiveAsync().WaitAsync(Soon, TestContext.Current.CancellationToken)).Buffer);
            if (message.StartsWith(start, StringComparison.Ordinal))
                return message;
        }
    }

    [GeneratedRegex("Contact: <([^>]+)>", RegexOptions.None, 1_000)]
    private static partial Regex Contact();

    [GeneratedRegex("To: [^\r]+", RegexOptions.None, 1_000)]
    private static partial Regex To();

    [GeneratedRegex("(?<=\n)(Via|From|To|Call-ID|CSeq): [^\r]+", RegexOptions.None, 1_000)]
    private static partial Regex Echoed();
}
