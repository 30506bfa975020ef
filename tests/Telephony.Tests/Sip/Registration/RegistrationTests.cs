using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Tests.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Registration;

/// <summary>A26: the trunk stays registered. One server, all on virtual time.</summary>
public sealed class RegistrationTests
{
    private const string Server = "203.0.113.10:5070";

    [Fact]
    public void Registers_at_once_with_a_contact_of_the_trunks_own()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");

        var (_, to, register) = Assert.Single(bench.Requests);
        Assert.Equal(Server, to);
        Assert.Equal("REGISTER sip:203.0.113.10:5070 SIP/2.0", register.ToString());
        Assert.Equal("sip:me@203.0.113.10", register.To.Uri.ToString());
        Assert.Equal("sip:me@203.0.113.10", register.From.Uri.ToString());
        Assert.Equal("sip:provider@198.51.100.5:5060", register.Contact!.Uri.ToString());
        Assert.Equal("600", register.Headers.GetFirst(HeaderNames.Expires));
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal("udp://203.0.113.10:5070", bench.Status.Server);
        Assert.Equal("200 Whatever", bench.Status.LastAnswer);
        Assert.Equal(bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(10), bench.Status.RegisteredUntil);
        Assert.Contains(bench.Log, line => line.StartsWith("Information: Trunk provider is registered at udp://203.0.113.10:5070 for 600 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Is_renewed_at_50_to_90_percent_of_the_time_that_the_server_grants()
    {
        var bench = new TrunkBench(Server, (_, _) => "200\nContact: <sip:provider@198.51.100.5:5060>;expires=100");
        var waits = new List<double>();
        for (var i = 1; i < 30; i++)
        {
            while (bench.Requests.Count == i)
                bench.Advance(1);
            waits.Add((bench.Requests[i].At - bench.Requests[i - 1].At).TotalSeconds);
        }
        Assert.All(waits, wait => Assert.InRange(wait, 299, 541));   // the first Contact of the answer is our own echo, with 600
        Assert.True(waits.Max() - waits.Min() > 60, "The renewals are not spread.");
    }

    [Fact]
    public void A_shorter_time_that_the_server_grants_counts()
    {
        var bench = new TrunkBench(Server, (_, _) => null);
        var register = bench.Requests[0].Request;
        bench.WhenAsked = (_, _) => "200";
        bench.Answer(register, "202\nContact: <sip:other@192.0.2.77>;expires=5000\nContact: <sip:provider@198.51.100.5:5060>;expires=100", IPEndPoint.Parse(Server));
        bench.Advance(49);
        Assert.Single(bench.Requests);
        bench.Advance(42);
        Assert.Equal(2, bench.Requests.Count);
    }

    [Fact]
    public void All_requests_share_call_id_and_tag_and_count_upwards()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.Advance(3_000);
        Assert.True(bench.Requests.Count > 4);
        Assert.Single(bench.Requests.Select(sent => (sent.Request.CallId, sent.Request.From.Tag)).Distinct());
        Assert.All(bench.Requests.Zip(bench.Requests.Skip(1)), pair => Assert.True(pair.First.Request.CSeq.Number < pair.Second.Request.CSeq.Number));
    }

    [Fact]
    public void Credentials_are_given_when_they_are_asked_for()
    {
        var bench = new TrunkBench(Server, (_, request) => request.Headers.Contains(HeaderNames.Authorization)
            ? "200" : "401\nWWW-Authenticate: Digest realm=\"provider.example\", nonce=\"abc\", qop=\"auth\"");
        Assert.Equal(2, bench.Requests.Count);
        Assert.StartsWith("Digest username=\"me\",realm=\"provider.example\"", bench.Requests[1].Request.Headers.GetFirst(HeaderNames.Authorization)!, StringComparison.Ordinal);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void The_realm_that_asked_first_is_told()
    {
        var bench = new TrunkBench(Server, (_, request) => request.Headers.Contains(HeaderNames.Authorization)
            ? "200" : "401\nWWW-Authenticate: Digest realm=\"provider.example\", nonce=\"abc\", qop=\"auth\"");
        Assert.Single(bench.Log, line => line.Contains("Trunk provider asks for the password of realm provider.example", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_password_is_said_clearly_and_tried_ever_more_rarely()
    {
        var bench = new TrunkBench(Server, (_, _) => "401\nWWW-Authenticate: Digest realm=\"provider.example\", nonce=\"abc\", qop=\"auth\"");
        Assert.Equal(2, bench.Requests.Count);
        Assert.Equal(TrunkState.Refused, bench.Status.State);
        Assert.Contains(bench.Log, line => line.StartsWith("Error: Trunk provider is not registered: udp://203.0.113.10:5070 answers 401 Whatever; check Username, AuthUsername and Password", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log, line => line.Contains("secret", StringComparison.Ordinal));
        bench.Advance(47);
        Assert.Equal(2, bench.Requests.Count);
        bench.Advance(3 * 3600);
        Assert.InRange(bench.Requests.Count, 12, 26);   // 1, 2, 4, 8, 16 min, then every half an hour
    }

    [Theory]
    [InlineData("403", "check Username, AuthUsername and Password")]
    [InlineData("404", "check Server, Domain and Username")]
    public void A_refusal_is_not_argued_with(string status, string advice)
    {
        var bench = new TrunkBench(Server, (_, _) => status);
        bench.Advance(40);
        Assert.Single(bench.Requests);
        Assert.Contains(bench.Log, line => line.Contains(advice, StringComparison.Ordinal));
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(40);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void A_time_that_is_too_short_is_made_longer_once()
    {
        var bench = new TrunkBench(Server, (_, request) => request.Headers.GetFirst(HeaderNames.Expires) == "600" ? "423\nMin-Expires: 1800" : "200");
        Assert.Equal(["0.0 203.0.113.10:5070 600", "0.0 203.0.113.10:5070 1800"], bench.Registers);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void A_server_that_never_has_enough_is_not_followed()
    {
        var bench = new TrunkBench(Server, (_, request) => $"423\nMin-Expires: {int.Parse(request.Headers.GetFirst(HeaderNames.Expires)!, null) * 2}");
        Assert.Equal(["600", "1200"], bench.Registers.Select(line => line.Split(' ')[2]));
        Assert.Equal(TrunkState.Down, bench.Status.State);
    }

    [Fact]
    public void A_pause_that_the_only_server_asks_for_is_kept()
    {
        var bench = new TrunkBench(Server, (_, _) => "503\nRetry-After: 120 (maintenance);duration=60");
        bench.Advance(118);
        Assert.Single(bench.Requests);
        Assert.Equal("503 Whatever", bench.Status.LastAnswer);
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(5);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void An_absurd_pause_is_cut_to_an_hour()
    {
        var bench = new TrunkBench(Server, (_, _) => "503\nRetry-After: 999999999");
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(3_650);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    // A26: re-registered at most 5 s after a healthy target exists.
    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(1_000)]
    public void A_server_that_comes_back_is_registered_at_within_five_seconds(double outage)
    {
        var bench = new TrunkBench(Server, (_, _) => null);
        bench.Advance(outage);
        var tries = bench.Requests.Count;
        Assert.InRange(tries, 1, 10 + outage);   // and it was not hammered
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(5);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void A_slow_server_is_waited_for()
    {
        var bench = new TrunkBench(Server, (_, _) => null);
        bench.Advance(11);
        bench.Answer(bench.Requests[0].Request, "200", IPEndPoint.Parse(Server));
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void One_warning_is_written_for_an_outage_however_many_tries_it_takes()
    {
        var bench = new TrunkBench(Server, (_, _) => null);
        bench.Advance(600);
        Assert.Single(bench.Log, line => line.StartsWith("Warning: Trunk provider is down: udp://203.0.113.10:5070: no answer", StringComparison.Ordinal));
    }

    [Fact]
    public void A_renewal_without_an_answer_looks_for_another_way_after_four_seconds()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.WhenAsked = (_, _) => null;
        bench.Advance(545);
        Assert.Equal(TrunkState.Down, bench.Status.State);
        bench.WhenAsked = (_, _) => "200";
        bench.Advance(5);
        Assert.Equal(TrunkState.Up, bench.Status.State);
    }

    [Fact]
    public void A_lost_connection_is_made_again_at_once()
    {
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["provider"] = TrunkBench.Registering("sip:203.0.113.10;transport=tcp") }, SipProtocol.Tcp)
        {
            Connection = new FakeConnection(),
            WhenAsked = (_, _) => "200",
        };
        bench.Serve();
        var first = bench.Connection!;
        Assert.Equal(1, first.Users);   // not closed for being idle
        Assert.Equal("sip:provider@198.51.100.5:5060;transport=tcp", bench.Requests[0].Request.Contact!.Uri.ToString());
        bench.Connection = new FakeConnection();
        first.Close();
        bench.Serve();
        Assert.Equal(2, bench.Requests.Count);
        Assert.Equal(TrunkState.Up, bench.Status.State);
        Assert.Equal((0, 1), (first.Users, bench.Connection.Users));
    }

    // Behind a NAT the server says in Via where it saw us (RFC 3581): there its calls shall come.
    [Fact]
    public void Behind_a_nat_the_public_address_takes_the_place_of_our_own()
    {
        var bench = new TrunkBench(Server, (_, _) => "200\nseen 192.0.2.99 40123");
        Assert.Equal(2, bench.Requests.Count);
        var contacts = bench.Requests[1].Request.Headers.GetValues(HeaderNames.Contact);
        Assert.Equal(["<sip:provider@192.0.2.99:40123>;expires=600", "<sip:provider@198.51.100.5:5060>;expires=0"], contacts);
        bench.Advance(5);
        Assert.Equal(2, bench.Requests.Count);
        Assert.Contains(bench.Log, line => line.Contains("sees us as 192.0.2.99:40123", StringComparison.Ordinal));
    }

    [Fact]
    public void A_nat_with_another_port_for_each_request_does_not_make_us_register_for_ever()
    {
        var port = 40_000;
        var bench = new TrunkBench(Server, (_, _) => $"200\nseen 192.0.2.99 {port++}");
        bench.Advance(60);
        Assert.Equal(2, bench.Requests.Count);
    }

    [Fact]
    public void Behind_a_nat_a_new_connection_has_a_new_contact()
    {
        var port = 40_001;
        var bench = new TrunkBench(new Dictionary<string, TrunkOptions> { ["provider"] = TrunkBench.Registering("sip:203.0.113.10;transport=tcp") }, SipProtocol.Tcp)
        {
            Connection = new FakeConnection(),
            WhenAsked = (_, _) => $"200\nseen 192.0.2.99 {port}",
        };
        bench.Serve();
        Assert.Equal("sip:provider@192.0.2.99:40001;transport=tcp", bench.Requests[^1].Request.Contact!.Uri.ToString());
        port = 40_002;
        var first = bench.Connection!;
        bench.Connection = new FakeConnection();
        first.Close();
        bench.Serve();
        Assert.Equal("sip:provider@192.0.2.99:40002;transport=tcp", bench.Requests[^1].Request.Contact!.Uri.ToString());
        Assert.Equal(4, bench.Requests.Count);
    }

    [Fact]
    public async Task Leaves_at_the_stop_and_does_not_come_back()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Serve();
        await leaving.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("0", bench.Requests[^1].Request.Headers.GetFirst(HeaderNames.Expires));
        Assert.Equal(TrunkState.Left, bench.Status.State);
        bench.Advance(2_000);
        Assert.Equal(2, bench.Requests.Count);
        Assert.Equal(0, bench.Agent.TransactionCount);
        Assert.True(bench.Agent.LeaveTrunksAsync().IsCompleted);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_holds_the_stop_up_for_two_seconds_only()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.WhenAsked = (_, _) => null;
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Advance(1.9);
        Assert.False(leaving.IsCompleted);
        bench.Advance(0.2);
        await leaving.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Nothing_is_left_where_nothing_was_registered()
    {
        var bench = new TrunkBench(Server, (_, _) => "403");
        await bench.Agent.LeaveTrunksAsync().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Single(bench.Requests);
    }

    [Fact]
    public void A_server_that_we_have_no_socket_for_is_named()
    {
        var bench = new TrunkBench("sips:203.0.113.10", (_, _) => "200");
        Assert.Equal(TrunkState.Down, bench.Status.State);
        Assert.Equal("Telephony:Listen has no tls address that can reach 203.0.113.10:5061", bench.Status.LastAnswer);
    }
}
