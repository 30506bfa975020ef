using System.Net;
using System.Text;
using Telephony.Sip.Admission;
using Telephony.Sip.Authentication;
using Telephony.Sip.UserAgents;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>A18: whose requests are served, refused or met with silence, method by method.</summary>
public sealed class RequestAdmissionTests
{
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("203.0.113.99"), 5060);

    public static TheoryData<string> Methods => ["INVITE", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "NOTIFY", "REFER", "INFO", "BYE", "CANCEL", "ACK", "NONSENSE"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Silence_is_all_that_a_stranger_hears_whatever_the_method(string method)
    {
        var bench = Bench(StrangerPolicy.Silence);
        bench.Receive(new PeerScript().Request(method, "z9hG4bKa", 1), Elsewhere);
        bench.Receive(new PeerScript { ToTag = "guessed" }.Request(method, "z9hG4bKb", 1), Elsewhere);

        Assert.Empty(bench.TakeSent());
        Assert.Empty(bench.Events);
        Assert.Equal(0, bench.Agent.TransactionCount);
    }

    [Fact]
    public void Silence_is_kept_over_what_cannot_be_read_too()
    {
        var bench = Bench(StrangerPolicy.Silence);
        var broken = Encoding.UTF8.GetBytes(new PeerScript().Request("OPTIONS", "z9hG4bKa", 1).Replace("CSeq: 1", "CSeq: x", StringComparison.Ordinal).ReplaceLineEndings("\r\n") + "\r\n");
        bench.ReceiveRaw(broken, Elsewhere);
        Assert.Empty(bench.TakeSent());

        bench.ReceiveRaw(broken);   // the trunk is told
        Assert.StartsWith("400", Assert.Single(bench.TakeStartLines()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("REGISTER")]
    [InlineData("CANCEL")]
    public void Refused_strangers_get_403_and_leave_nothing_behind(string method)
    {
        var bench = Bench(StrangerPolicy.Refuse);
        for (var i = 0; i < 3; i++)
            bench.Receive(new PeerScript().Request(method, "z9hG4bKa", 1), Elsewhere);

        Assert.Equal(["403 Forbidden", "403 Forbidden", "403 Forbidden"], bench.TakeStartLines());
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.Empty(bench.Events);
    }

    [Theory]
    [InlineData("friendly-scanner")]
    [InlineData("SIPVicious 0.3")]
    [InlineData("eyeBeam pplsip")]
    public void Programs_known_to_look_for_victims_get_not_even_403(string userAgent)
    {
        var bench = Bench(StrangerPolicy.Refuse, options => options with { Users = new Dictionary<string, UserOptions> { ["alice"] = new() { Password = "secret" } } });
        bench.Receive(new PeerScript { Extra = $"User-Agent: {userAgent}\n" }.Invite(), Elsewhere);
        Assert.Empty(bench.TakeSent());
    }

    [Theory]
    [InlineData(StrangerPolicy.Silence)]
    [InlineData(StrangerPolicy.Refuse)]
    public void A_call_of_a_trunk_goes_on_when_its_requests_come_from_elsewhere(StrangerPolicy policy)
    {
        var bench = Bench(policy);
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.Call!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        peer.Learn(bench.LastResponse());
        bench.TakeSent();

        bench.Receive(peer.Ack(), Elsewhere);
        bench.Receive(peer.InDialog("OPTIONS"), Elsewhere);
        bench.Receive(peer.Bye(), Elsewhere);
        Assert.Equal(["200 OK", "200 OK"], bench.TakeStartLines());
        Assert.Equal(["invite", "ack 5", "bye"], bench.Events.Select(said => said.Replace("ack 0", "ack 5", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_cancel_from_elsewhere_ends_the_call_that_it_names()
    {
        var bench = Bench(StrangerPolicy.Silence);
        var peer = new PeerScript();
        bench.Receive(peer.Invite());
        bench.TakeSent();
        bench.Receive(peer.Cancel(), Elsewhere);
        Assert.Equal(["200 OK", "487 Request Terminated"], bench.TakeStartLines());
    }

    [Fact]
    public void Trunks_are_served_and_without_a_trunk_everybody_is()
    {
        var bench = Bench(StrangerPolicy.Silence);
        bench.Receive(new PeerScript().InDialog("OPTIONS"));
        Assert.Equal(["200 OK"], bench.TakeStartLines());

        var open = new SipBench();
        open.Receive(new PeerScript().InDialog("OPTIONS"), Elsewhere);
        Assert.Equal(["200 OK"], open.TakeStartLines());
    }

    [Theory]
    [InlineData(null, false, StrangerPolicy.Answer)]
    [InlineData(null, true, StrangerPolicy.Silence)]
    [InlineData(StrangerPolicy.Refuse, false, StrangerPolicy.Refuse)]
    [InlineData(StrangerPolicy.Answer, true, StrangerPolicy.Answer)]
    public void The_first_trunk_closes_the_door_unless_the_settings_say_otherwise(StrangerPolicy? configured, bool hasTrunk, StrangerPolicy expected)
    {
        var options = new TelephonyOptions { Access = new AccessOptions { Strangers = configured } };
        if (hasTrunk)
            options.Trunks.Add("office", new TrunkOptions());
        Assert.Equal(expected, options.Strangers);
    }

    [Fact]
    public void The_first_user_closes_the_door_too() => Assert.Equal(
        StrangerPolicy.Silence, new TelephonyOptions { Users = new Dictionary<string, UserOptions> { ["alice"] = new() } }.Strangers);

    private static SipBench Bench(StrangerPolicy policy, Func<UserAgentOptions, UserAgentOptions>? change = null) => new(configure: options => (change?.Invoke(options) ?? options) with
    {
        Strangers = policy,
        Trunks = new TrunkDirectory(new Dictionary<string, TrunkOptions> { ["office"] = new() { Addresses = [$"{SipBench.Peer.Address}"] } }),
    });
}
