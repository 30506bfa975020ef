using Telephony.Calls;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Calls;

/// <summary>Calls by a trunk: whom ours name, and to whom credentials are shown, whoever called (A20).</summary>
public sealed class TrunkCallTests : IDisposable
{
    private const string Challenge = "WWW-Authenticate: Digest realm=\"provider\", nonce=\"abc\", algorithm=SHA-256, qop=\"auth\"\n";
    private readonly CallBench _bench = new(Options());

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Number_is_called_at_the_trunks_domain_and_from_its_number()
    {
        var callee = Callee.Dialled(_bench, target: "+49 30 1234");
        Assert.Equal("sip:+49301234@provider.example", callee.Invite.RequestUri.ToString());
        Assert.Equal("sip:+4930999@provider.example", callee.Invite.From.Uri.ToString());
        Assert.Equal(CallBench.Peer, _bench.Wire.Sent[^1].To);
        Assert.Equal("main", _bench.Call.Trunk);
        Assert.Equal("+49301234", _bench.Call.DialledNumber);
    }

    [Theory]
    [InlineData(401, "WWW-Authenticate", "Authorization")]
    [InlineData(407, "Proxy-Authenticate", "Proxy-Authorization")]
    public void Challenge_is_answered_and_the_ACK_shows_the_credentials_too(int statusCode, string challenge, string credentials)
    {
        var callee = Callee.Dialled(_bench, target: "+49301234");
        var first = callee.Invite;
        Assert.Equal("ACK INVITE", callee.Respond(statusCode, headers: Challenge.Replace("WWW-Authenticate", challenge, StringComparison.Ordinal)));

        Assert.Contains("username=\"alice\"", callee.Invite.Headers.GetFirst(credentials), StringComparison.Ordinal);
        Assert.Equal(first.CSeq.Number + 1, callee.Invite.CSeq.Number);
        Assert.Equal(first.CallId, callee.Invite.CallId);
        Assert.Equal(first.From.Tag, callee.Invite.From.Tag);
        Assert.NotEqual(first.TopVia.Branch, callee.Invite.TopVia.Branch);
        Assert.Single(callee.Invite.Vias);
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal(callee.Invite.Headers.GetFirst(credentials), callee.Last("ACK").Headers.GetFirst(credentials));
        Assert.Equal(callee.Invite.CSeq.Number, callee.Last("ACK").CSeq.Number);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    // A realm that somebody behind the provider asks for is neither answered nor takes the place of the provider's own.
    [Fact]
    public void Realms_that_are_configured_are_answered_and_no_others()
    {
        using var bench = new CallBench(Options("registrar", "proxy"));
        foreach (var (realm, answer) in new[] { ("attacker", "ACK"), ("proxy", "ACK INVITE"), ("registrar", "ACK INVITE"), ("attacker", "ACK"), ("proxy", "ACK INVITE") })
        {
            var callee = Callee.Dialled(bench, target: "+49301234", trunk: "main");
            Assert.Equal(answer, callee.Respond(407, headers: Challenge.Replace("WWW", "Proxy", StringComparison.Ordinal).Replace("\"provider\"", $"\"{realm}\"", StringComparison.Ordinal)));
        }
        Assert.DoesNotContain(bench.Wire.Sent, sent => sent.Text.Contains("realm=\"attacker\"", StringComparison.Ordinal));

        static TelephonyOptions Options(params string[] realms) => new()
        {
            PublicAddress = "198.51.100.5",
            Outbound = new() { Allow = ["+49*"], MaxCallsPerNumberPerHour = 100 },
            Trunks = { ["main"] = new() { Server = "192.0.2.10:5070", Username = "alice", Password = "secret", Realms = realms } },
        };
    }

    [Fact]
    public void Credentials_that_are_refused_are_not_tried_again()
    {
        var callee = Callee.Dialled(_bench, target: "+49301234");
        Assert.Equal("ACK INVITE", callee.Respond(401, headers: Challenge));
        Assert.Equal("ACK", callee.Respond(401, headers: Challenge));
        Assert.Equal("ended Declined", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void BYE_is_challenged_and_sent_again()
    {
        var callee = Callee.Dialled(_bench, target: "+49301234");
        callee.Respond(200, sdp: Callee.Answer);
        _bench.Call.HangUp();
        callee.Look();
        Assert.Equal("BYE", RespondToBye(callee, 407, Challenge.Replace("WWW-Authenticate", "Proxy-Authenticate", StringComparison.Ordinal)));
        var bye = callee.Last("BYE");
        Assert.Contains("username=\"alice\"", bye.Headers.GetFirst(HeaderNames.ProxyAuthorization), StringComparison.Ordinal);
        Assert.Equal(callee.Invite.CSeq.Number + 2, bye.CSeq.Number);
        Assert.Single(bye.Vias);
        Assert.Equal("", callee.RespondTo("BYE"));
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("REFER")]
    [InlineData("INVITE")]
    public void In_a_call_that_the_trunk_made_our_requests_answer_its_challenge_too(string method)
    {
        var phone = Phone.Connected(_bench);
        Assert.Equal("main", _bench.Call.Trunk);
        Want(method);
        Assert.Equal(method, phone.Look());
        var first = (SipRequest)_bench.LastSent();

        _bench.Receive(Sip.UserAgents.PeerScript.Response(first, 407) + Challenge.Replace("WWW-Authenticate", "Proxy-Authenticate", StringComparison.Ordinal) + "\n");

        Assert.EndsWith(method, phone.Look(), StringComparison.Ordinal);
        var second = (SipRequest)_bench.LastSent();
        Assert.Equal(first.CSeq.Number + 1, second.CSeq.Number);
        Assert.Contains("username=\"alice\"", second.Headers.GetFirst(HeaderNames.ProxyAuthorization), StringComparison.Ordinal);
    }

    // The caller's Contact is a machine of its own, which asks for the password of the trunk's realm.
    [Fact]
    public void Stranger_whom_the_trunk_put_through_to_us_gets_no_credentials()
    {
        var phone = new Phone(_bench);
        phone.Script.Contact = "<sip:caller@203.0.113.66>";
        phone.Invite();
        _bench.Answer();
        phone.Look();
        phone.Ack();
        _bench.Call.HangUp();
        Assert.Equal("BYE", phone.Look());
        Assert.Equal("203.0.113.66", _bench.Wire.Sent[^1].To.Address.ToString());

        _bench.Receive(Sip.UserAgents.PeerScript.Response((SipRequest)_bench.LastSent(), 401) + Challenge + "\n");

        Assert.Equal("", phone.Look());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Stranger_behind_the_trunk_gets_no_credentials()
    {
        // A callee names a machine of its own in Contact, and asks there for the password of the trunk's realm.
        var callee = Callee.Dialled(_bench, target: "+49301234");
        callee.Respond(200, "203.0.113.66:5060;x=", Callee.Answer, "");
        callee.Respond(200, sdp: Callee.Answer);
        var stranger = Callee.Dialled(_bench, target: "+49305678");
        stranger.Respond(200, sdp: Callee.Answer, headers: "Record-Route: <sip:203.0.113.66;lr>\n");
        _bench.Call.HangUp();
        Assert.Equal("BYE", stranger.Look());
        Assert.Equal("203.0.113.66", _bench.Wire.Sent[^1].To.Address.ToString());
        Assert.Equal("", RespondToBye(stranger, 401, Challenge));
        Assert.DoesNotContain(_bench.Wire.Sent, sent => sent.Text.Contains("username=", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_trunk_with_a_server_is_taken_without_being_named_and_none_of_several()
    {
        Assert.Equal(DialRefusal.None, _bench.Dial("+49301234"));
        Assert.Equal(DialRefusal.None, _bench.Dial("+49301234", "MAIN"));
        Assert.Equal(DialRefusal.NoTrunk, _bench.Dial("+49301234", "silent"));
        Assert.Equal(DialRefusal.NoTrunk, _bench.Dial("+49301234", "other"));
        using var several = new CallBench(Options(("second", new TrunkOptions { Server = "192.0.2.11" })));
        Assert.Equal(DialRefusal.NoTrunk, several.Dial("+49301234"));
        Assert.Equal(DialRefusal.None, several.Dial("+49301234", "second"));
    }

    [Fact]
    public void Trunk_has_no_more_calls_than_it_may_whoever_makes_them()
    {
        using var bench = new CallBench(Options(("two", new TrunkOptions { Server = "192.0.2.10:5070", MaxCalls = 2 })));
        var first = Callee.Dialled(bench, target: "+49301", trunk: "two");
        Assert.Equal(DialRefusal.None, bench.Dial("+49302", "two"));

        Assert.Equal(DialRefusal.TooMany, bench.Dial("+49303", "two"));
        Assert.Equal(DialRefusal.None, bench.Dial("+49303", "main"));
        first.Respond(486);
        Assert.Equal(DialRefusal.None, bench.Dial("+49303", "TWO"));
        Assert.Equal(DialRefusal.TooMany, bench.Dial("+49304", "two"));
    }

    // A26: the second server has accepted us, so that it gets our calls, whichever comes first by priority.
    [Fact]
    public void Call_goes_first_to_the_server_that_we_are_registered_at()
    {
        var zone = new Sip.Resolution.ZoneLookup(
            "_sip._udp.provider.example SRV 10 0 5060 a.provider.example", "_sip._udp.provider.example SRV 20 0 5060 b.provider.example",
            "a.provider.example A 192.0.2.110", "b.provider.example A 192.0.2.111");
        var trunk = new TrunkOptions { Server = "provider.example", Register = true, Username = "alice" };
        using var bench = new CallBench(
            new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = new() { Allow = ["+49*"] }, Trunks = { ["main"] = trunk } }, dns: zone);
        bench.Clock.Advance(TimeSpan.FromSeconds(1.6));
        var second = bench.Wire.Sent.Last(sent => sent.To.ToString() == "192.0.2.111:5060");
        var register = Assert.IsType<SipRequest>(SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(second.Text)).Message);
        Assert.Equal("REGISTER", register.Method);
        bench.Receive(Sip.UserAgents.PeerScript.Response(register, 200) + "\n");

        Assert.Equal(DialRefusal.None, bench.Dial("+49301234", "main"));
        Assert.StartsWith("INVITE", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal("192.0.2.111:5060", bench.Wire.Sent[^1].To.ToString());
    }

    private void Want(string method)
    {
        if (method == "BYE")
            _bench.Call.HangUp();
        else if (method == "REFER")
            _bench.Call.Transfer("200");
        else
            _bench.Call.Hold();
    }

    // RFC 3263 section 4.3; the ring time is shorter than timer B, which must not matter.
    [Fact]
    public void Server_that_says_nothing_is_given_up_for_the_next_after_four_seconds()
    {
        using var bench = TwoServers();
        var callee = Callee.Dialled(bench, target: "+49301234");
        Assert.Equal("192.0.2.110:5060", bench.Wire.Sent[^1].To.ToString());
        var first = callee.Invite;
        bench.Clock.Advance(TimeSpan.FromSeconds(3.9));
        callee.Look();
        bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("INVITE", callee.Look());
        Assert.Equal("192.0.2.111:5060", bench.Wire.Sent[^1].To.ToString());
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("answered, acknowledged", bench.Events.ToString());

        // The first one wakes up: its phone must not go on ringing.
        bench.Receive(Sip.UserAgents.PeerScript.Response(first, 180) + "\n");
        Assert.Equal("CANCEL", callee.Look());
        bench.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal("answered, acknowledged", bench.Events.ToString());
        bench.Call.HangUp();
        callee.Look();
        callee.RespondTo("BYE");
        Assert.Equal(0, bench.OpenDialogs);
    }

    [Fact]
    public void Server_that_is_trying_is_not_given_up_and_the_callee_is_not_rung_twice()
    {
        using var bench = TwoServers();
        var callee = Callee.Dialled(bench, ringSeconds: 20, target: "+49301234");
        callee.Respond(100);
        bench.Clock.Advance(TimeSpan.FromSeconds(19.9));
        Assert.Equal("", callee.Look());
        bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("CANCEL", callee.Look());
        Assert.Equal("ended NoAnswer", bench.Events.ToString());
    }

    [Fact]
    public void Servers_that_all_say_nothing_are_not_reachable()
    {
        using var bench = TwoServers();
        var callee = Callee.Dialled(bench, ringSeconds: 20, target: "+49301234");
        bench.Clock.Advance(TimeSpan.FromSeconds(24.1));
        callee.Look();
        Assert.Equal("ended NotReachable", bench.Events.ToString());
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, bench.OpenDialogs);
    }

    private static CallBench TwoServers() => new(
        new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = new() { Allow = ["+49*"] }, Trunks = { ["main"] = new() { Server = "provider.example", OptionsInterval = TimeSpan.Zero } } },
        dns: new Sip.Resolution.ZoneLookup(
            "_sip._udp.provider.example SRV 10 0 5060 a.provider.example", "_sip._udp.provider.example SRV 20 0 5060 b.provider.example",
            "a.provider.example A 192.0.2.110", "b.provider.example A 192.0.2.111"));

    private string RespondToBye(Callee callee, int statusCode, string headers)
    {
        _bench.Receive(Sip.UserAgents.PeerScript.Response(callee.Last("BYE"), statusCode) + headers + "\n");
        return callee.Look();
    }

    private static TelephonyOptions Options(params (string Name, TrunkOptions Options)[] more)
    {
        var trunks = new Dictionary<string, TrunkOptions>
        {
            ["main"] = new() { Server = "192.0.2.10:5070", Domain = "provider.example", Username = "alice", Password = "secret", Addresses = ["192.0.2.10"], CallerNumber = "+4930999" },
            ["silent"] = new() { Addresses = ["203.0.113.0/24"] },
        };
        foreach (var (name, options) in more)
            trunks.Add(name, options);
        return new TelephonyOptions { PublicAddress = "198.51.100.5", Outbound = new() { Allow = ["+49*"], MaxCallsPerNumberPerHour = 100 }, Trunks = trunks };
    }
}
