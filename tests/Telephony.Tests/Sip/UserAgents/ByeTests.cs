using System.Net;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Hanging up, from our side and across other requests, and where our BYE goes.</summary>
public sealed class ByeTests
{
    [Fact]
    public void Bye_of_ours_has_both_tags_and_goes_to_the_contact()
    {
        var bench = new SipBench();
        var peer = bench.Answered();

        bench.Call!.Bye();

        var bye = bench.LastRequest();
        Assert.Equal("BYE sip:caller@192.0.2.10:5070 SIP/2.0", bye.ToString());
        Assert.Equal(peer.ToTag, bye.From.Tag);
        Assert.Equal("caller", bye.To.Tag);
        Assert.Equal(70, bye.MaxForwards);
        Assert.Equal("198.51.100.5", bye.TopVia.Host);
        Assert.StartsWith("z9hG4bK", bye.TopVia.Branch, StringComparison.Ordinal);
        Assert.True(bye.TopVia.HasRPort);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.10"), 5070), bench.Wire.Sent[^1].To);
    }

    [Fact]
    public void Lost_bye_is_repeated_and_given_up_after_64_T1()
    {
        var bench = new SipBench();
        bench.Answered();

        bench.Call!.Bye();
        bench.Advance(31.9);
        Assert.Equal(11, bench.TakeSent().Count);   // at 0, 0.5, 1.5, 3.5, then every 4 s
        Assert.Empty(bench.Events);
        bench.Advance(0.2);

        Assert.Equal(["bye completed"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
        Assert.Equal(0, bench.Agent.TransactionCount);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    [InlineData(481)]
    [InlineData(500)]
    public void Any_final_answer_to_bye_ends_it_and_a_challenge_gets_no_credentials(int statusCode)
    {
        var bench = new SipBench();
        bench.Answered();
        bench.Call!.Bye();
        bench.TakeSent();

        bench.Receive(PeerScript.Response(bench.LastRequest(), statusCode));

        Assert.Empty(bench.TakeSent());
        Assert.Equal(["bye completed"], bench.Events);
    }

    [Fact]
    public void Byes_that_cross_are_both_answered_and_told_once()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Call!.Bye();
        var ours = bench.LastRequest();
        bench.TakeSent();

        bench.Receive(peer.Bye());
        Assert.Equal(["200 OK"], bench.TakeStartLines());
        bench.Receive(PeerScript.Response(ours, 481));

        Assert.Equal(["bye completed"], bench.Events);
        Assert.Equal(0, bench.Agent.DialogCount);
    }

    [Fact]
    public void Reinvite_that_crosses_our_bye_is_481()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Call!.Bye();
        bench.TakeSent();

        bench.Receive(peer.Reinvite());

        Assert.Equal(["100 Trying", "481 Call/Transaction Does Not Exist"], bench.TakeStartLines());
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Bye_during_an_open_reinvite_ends_both()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Receive(peer.Reinvite());
        bench.TakeSent();

        bench.Receive(peer.Bye());

        Assert.Equal(["200 OK", "487 Request Terminated"], bench.TakeStartLines());
        Assert.Equal(["reinvite", "bye"], bench.Events);
    }

    [Fact]
    public void Bye_of_ours_during_an_open_reinvite_answers_it_487()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        bench.Receive(peer.Reinvite());
        bench.TakeSent();

        bench.Call!.Bye();

        var lines = bench.TakeStartLines();
        Assert.Equal("487 Request Terminated", lines[0]);
        Assert.StartsWith("BYE", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Repeated_bye_gets_its_200_again_after_the_dialog_is_gone()
    {
        var bench = new SipBench();
        var peer = bench.Answered();
        var bye = peer.Bye();
        bench.Receive(bye);
        bench.Receive(bye);
        Assert.Equal(["200 OK", "200 OK"], bench.TakeStartLines());

        bench.Receive(peer.Bye());

        Assert.Equal(["481 Call/Transaction Does Not Exist"], bench.TakeStartLines());
        Assert.Equal(["bye"], bench.Events);
    }

    [Fact]
    public void Loose_route_goes_to_the_proxy_with_the_contact_as_request_uri()
    {
        var bench = new SipBench();
        bench.Answered(configure: peer => peer.Extra = "Record-Route: <sip:203.0.113.1;lr>, <sip:203.0.113.2:5080;lr>\n");

        bench.Call!.Bye();

        var bye = bench.LastRequest();
        Assert.Equal("sip:caller@192.0.2.10:5070", bye.RequestUri.ToString());
        Assert.Equal(["<sip:203.0.113.1;lr>", "<sip:203.0.113.2:5080;lr>"], bye.Headers.GetValues(HeaderNames.Route));
        Assert.Equal(IPEndPoint.Parse("203.0.113.1:5060"), bench.Wire.Sent[^1].To);
    }

    [Fact]
    public void Strict_route_is_the_request_uri_and_the_contact_comes_last()
    {
        var bench = new SipBench();
        bench.Answered(configure: peer => peer.Extra = "Record-Route: <sip:203.0.113.1:5090>\nRecord-Route: <sip:203.0.113.2;lr>\n");

        bench.Call!.Bye();

        var bye = bench.LastRequest();
        Assert.Equal("sip:203.0.113.1:5090", bye.RequestUri.ToString());
        Assert.Equal(["<sip:203.0.113.2;lr>", "<sip:caller@192.0.2.10:5070>"], bye.Headers.GetValues(HeaderNames.Route));
        Assert.Equal(IPEndPoint.Parse("203.0.113.1:5090"), bench.Wire.Sent[^1].To);
    }

    [Fact]
    public void Phone_behind_nat_is_reached_where_its_requests_come_from()
    {
        var bench = new SipBench();
        bench.Answered(configure: peer => peer.Contact = "<sip:caller@192.168.1.20:5062>");

        bench.Call!.Bye();

        Assert.Equal("sip:caller@192.168.1.20:5062", bench.LastRequest().RequestUri.ToString());
        Assert.Equal(SipBench.Peer, bench.Wire.Sent[^1].To);
    }

    [Fact]
    public void Bye_goes_over_the_protocol_that_the_contact_asks_for()
    {
        var bench = new SipBench(configure: options => options with
        {
            Listen = [.. options.Listen, new(SipProtocol.Tcp, new IPEndPoint(IPAddress.Any, 5062))],
        });
        bench.Answered(configure: peer => peer.Contact = "<sip:caller@192.0.2.10:5070;transport=tcp>");

        bench.Call!.Bye();

        Assert.Contains("Via: SIP/2.0/TCP 198.51.100.5:5062", Assert.Single(bench.SecondWire.Sent).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bye_that_cannot_be_sent_completes_at_once()
    {
        var bench = new SipBench();
        bench.Answered();
        bench.Wire.IsBroken = true;

        bench.Call!.Bye();

        Assert.Equal(["bye completed"], bench.Events);
    }
}
