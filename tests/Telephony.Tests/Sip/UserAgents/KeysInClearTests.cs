using System.Net;
using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>A call that began over TLS: its session descriptions, which may carry the keys of SRTP, go nowhere else, whatever way the peer's requests take.</summary>
public sealed class KeysInClearTests
{
    private const string Offer = "Content-Type: application/sdp\n";

    [Theory]
    [InlineData("INVITE", Offer, SipBench.Sdp)]
    [InlineData("INVITE", "", "")]
    [InlineData("UPDATE", Offer, SipBench.Sdp)]
    [InlineData("PRACK", Offer, SipBench.Sdp)]
    public void What_would_be_answered_with_keys_is_refused_over_UDP(string method, string headers, string body)
    {
        var bench = OverTls();
        var peer = bench.Answered();
        ReceiveByUdp(bench, peer.InDialog(method, headers, body));

        Assert.Equal(403, LastByUdp(bench).StatusCode);
        Assert.DoesNotContain(bench.SecondWire.Sent, sent => sent.Text.Contains("v=0", StringComparison.Ordinal));
        Assert.Empty(bench.Events);
        Assert.Equal(1, bench.Agent.DialogCount);
    }

    [Theory]
    [InlineData("UPDATE")]
    [InlineData("BYE")]
    public void What_is_answered_without_is_served_over_UDP(string method)
    {
        var bench = OverTls();
        ReceiveByUdp(bench, bench.Answered().InDialog(method));
        Assert.Equal(200, LastByUdp(bench).StatusCode);
    }

    [Fact]
    public void The_same_over_TLS_is_served()
    {
        var bench = OverTls();
        bench.Receive(bench.Answered().Reinvite());
        bench.Reinvite!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        Assert.Equal(200, bench.LastResponse().StatusCode);
    }

    [Fact]
    public void A_laboratory_may_allow_it()
    {
        var bench = OverTls(allow: true);
        ReceiveByUdp(bench, bench.Answered().Reinvite());
        bench.Reinvite!.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp));
        Assert.Equal(200, LastByUdp(bench).StatusCode);
    }

    private static SipBench OverTls(bool allow = false) => new(SipProtocol.Tls, options => options with
    {
        Listen = [.. options.Listen, new(SipProtocol.Udp, new IPEndPoint(IPAddress.Any, 5060))],
        AllowKeysInClear = allow,
    })
    {
        Connection = new(),
    };

    private static void ReceiveByUdp(SipBench bench, string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = text[(end + 2)..];
        bench.SecondWire.Receive(Encoding.UTF8.GetBytes($"{text[..end].ReplaceLineEndings("\r\n")}\r\nContent-Length: {body.Length}\r\n\r\n{body}"), SipBench.Peer, SipBench.OurAddress);
    }

    private static SipResponse LastByUdp(SipBench bench) =>
        Assert.IsType<SipResponse>(SipParser.Parse(Encoding.UTF8.GetBytes(bench.SecondWire.Sent[^1].Text)).Message);
}
