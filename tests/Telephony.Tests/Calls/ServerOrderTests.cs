using System.Net;
using System.Text;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.Resolution;
using Telephony.Tests.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>RFC 3263 section 4.3 for calls of ours: which server of a trunk's name gets the INVITE first, and which next.</summary>
public sealed class ServerOrderTests
{
    private static readonly IPEndPoint First = new(IPAddress.Parse("192.0.2.11"), 5070);

    [Fact]
    public void Server_that_does_not_answer_pings_is_dialled_last_until_it_does()
    {
        using var bench = Bench(TimeSpan.FromSeconds(30), withIPv6: false, "_sip._udp.provider.example SRV 10 0 5070 a.example", "_sip._udp.provider.example SRV 20 0 5070 b.example",
            "a.example A 192.0.2.11", "b.example A 192.0.2.10");
        Assert.Equal(First, Dialled(bench));   // nothing is known yet
        bench.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(CallBench.Peer, Dialled(bench));

        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Answer(bench, CallBench.Peer);
        Assert.Equal(CallBench.Peer, Dialled(bench));
        Answer(bench, First);
        Assert.Equal(First, Dialled(bench));
    }

    // Somebody drops whatever we send by TLS: our questions, our REGISTER, and the call.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Call_to_a_name_that_prefers_TLS_never_goes_in_clear_however_silent_its_servers_with_TLS_are(bool registers)
    {
        using var bench = Bench(registers ? TimeSpan.Zero : TimeSpan.FromSeconds(30), withIPv6: false, withTls: true, registers,
            "provider.example NAPTR 10 0 s SIPS+D2T _sips._tcp.provider.example", "provider.example NAPTR 20 0 s SIP+D2U _sip._udp.provider.example",
            "_sips._tcp.provider.example SRV 10 0 5061 a.example", "_sip._udp.provider.example SRV 10 0 5070 b.example", "a.example A 192.0.2.11", "b.example A 192.0.2.10");
        bench.Clock.Advance(TimeSpan.FromSeconds(4));
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        Answer(bench, CallBench.Peer, registers ? SipMethods.Register : SipMethods.Options);
        Assert.Equal((TrunkState.Up, "udp://192.0.2.10:5070"), (bench.Agent.TrunkStatuses[0].State, bench.Agent.TrunkStatuses[0].Server));

        Assert.Equal(Telephony.Calls.DialRefusal.None, bench.Dial("+49301234", "main"));
        Assert.StartsWith("INVITE", bench.WireOfTls!.Sent[^1].Text, StringComparison.Ordinal);
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.DoesNotContain(bench.Wire.Sent, sent => sent.Text.StartsWith("INVITE", StringComparison.Ordinal));
        Assert.Equal("ended NotReachable", bench.Events.ToString());
    }

    [Fact]
    public void Server_of_the_other_address_family_is_tried_with_media_of_its_own()
    {
        using var bench = Bench(TimeSpan.Zero, withIPv6: true, "_sip._udp.provider.example SRV 10 0 5999 six.example", "_sip._udp.provider.example SRV 20 0 5070 four.example",
            "six.example AAAA ::1", "four.example A 192.0.2.10");
        Assert.Equal(Telephony.Calls.DialRefusal.None, bench.Dial("+49301234", "main"));
        Assert.Contains("c=IN IP6 ::1\r\n", Assert.Single(bench.WireOfIPv6!.Sent).Text, StringComparison.Ordinal);
        Assert.Empty(bench.Wire.Sent);

        bench.Clock.Advance(TimeSpan.FromSeconds(4));
        var callee = new Callee(bench);
        callee.Look();
        Assert.Contains("c=IN IP4 198.51.100.5\r\n", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("answered, acknowledged", bench.Events.ToString());
        callee.Request("BYE");
        Assert.True(bench.AllPortsReturned());
    }

    [Fact]
    public void Request_within_a_call_goes_to_the_next_server_of_the_name_when_it_cannot_be_sent_to_one()
    {
        using var bench = new CallBench(Callee.Options, dns: new ZoneLookup("_sip._udp.proxy.example SRV 10 0 5070 a.example", "_sip._udp.proxy.example SRV 20 0 5070 b.example",
            "a.example A 192.0.2.11", "b.example A 192.0.2.12"));
        var callee = Callee.Dialled(bench);
        bench.Call.Answer(new Silence(), new Silence());
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer, headers: "Record-Route: <sip:proxy.example;lr>\n"));
        Assert.Equal(First, bench.Wire.Sent[^1].To);

        bench.Wire.Unreachable = First;
        bench.Call.HangUp();
        var (bye, to) = bench.Wire.Sent[^1];
        Assert.StartsWith("BYE sip:bob@", bye, StringComparison.Ordinal);
        Assert.Equal(IPAddress.Parse("192.0.2.12"), to.Address);
        Assert.Single(((SipRequest)SipParser.Parse(Encoding.UTF8.GetBytes(bye)).Message!).Vias);
        Assert.Equal("", callee.RespondTo("BYE").Replace("BYE", "", StringComparison.Ordinal));
        Assert.Equal(0, bench.OpenDialogs);
    }

    /// <summary>Where the INVITE of a new call goes first.</summary>
    private static IPEndPoint Dialled(CallBench bench)
    {
        var before = bench.Wire.Sent.Count;
        Assert.Equal(Telephony.Calls.DialRefusal.None, bench.Dial("+49301234", "main"));
        return Assert.Single(bench.Wire.Sent.Skip(before)).To;
    }

    /// <summary>The server answers the latest request of that method that it was sent.</summary>
    private static void Answer(CallBench bench, IPEndPoint server, string method = SipMethods.Options)
    {
        var request = bench.Wire.Sent.Last(sent => sent.To.Equals(server) && sent.Text.StartsWith(method, StringComparison.Ordinal));
        bench.Receive(PeerScript.Response((SipRequest)SipParser.Parse(Encoding.UTF8.GetBytes(request.Text)).Message!, 200) + "\n", server);
    }

    private static CallBench Bench(TimeSpan optionsInterval, bool withIPv6, params string[] zone) => Bench(optionsInterval, withIPv6, withTls: false, registers: false, zone);

    private static CallBench Bench(TimeSpan optionsInterval, bool withIPv6, bool withTls, bool registers, params string[] zone) => new(
        new TelephonyOptions
        {
            PublicAddress = "198.51.100.5",
            Outbound = new() { Allow = ["+49*"], MaxCallsPerHour = 100, MaxCallsPerNumberPerHour = 100 },
            Trunks = { ["main"] = new TrunkOptions { Server = "provider.example", Register = registers, Username = "alice", OptionsInterval = optionsInterval } },
        },
        dns: new ZoneLookup(zone), withIPv6: withIPv6, withTls: withTls);
}
