using System.Text;
using Telephony.Sdp;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A29: the messages of RFC 5118, section by section, in own words where only the header in question matters, against parser and assembled agent.</summary>
public sealed class Ipv6TortureTests
{
    private const string Good = "[2001:db8::10]";

    // What is wanted: ok is anything but "cannot be read"; 400 is that.
    [Theory]
    [InlineData("4.1 a reference in brackets", "REGISTER sip:[2001:db8::10] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", true)]
    [InlineData("4.2 a reference without brackets", "REGISTER sip:2001:db8::10 SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", false)]
    [InlineData("4.3 what looks like a port is part of the address", "REGISTER sip:[2001:db8::10:5070] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", true)]
    [InlineData("4.4 a port behind the brackets", "REGISTER sip:[2001:db8::10]:5070 SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", true)]
    [InlineData("4.5 received with brackets", "BYE sip:[2001:db8::10] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111", "", true)]
    [InlineData("4.5 received without brackets", "BYE sip:[2001:db8::10] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", "", true)]
    [InlineData("4.7 addresses of both kinds in one request", "INVITE sip:user@[2001:db8::10] SIP/2.0",
        "SIP/2.0/UDP [2001:db8:9:1]:5060;branch=z9hG4bK-not-an-address,SIP/2.0/UDP 192.0.2.9", "", false)]
    [InlineData("4.7 hops of both kinds", "INVITE sip:user@[2001:db8::10] SIP/2.0",
        "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144, SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200", "", true)]
    [InlineData("4.10 three colons, which the grammar of RFC 3261 allows by mistake", "INVITE sip:user@[2001:db8:::192.0.2.1] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", false)]
    [InlineData("a mapped address", "INVITE sip:user@[::ffff:192.0.2.10] SIP/2.0", "SIP/2.0/UDP [::ffff:192.0.2.2]:5060;branch=z9hG4bKas3-111", "", true)]
    [InlineData("an address with a zone, which means nothing to others", "INVITE sip:user@[fe80::1%25eth0] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", false)]
    [InlineData("a bracket that is never closed", "INVITE sip:user@[2001:db8::10 SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", false)]
    [InlineData("nothing in the brackets", "INVITE sip:user@[] SIP/2.0", "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111", "", false)]
    public void A_request_is_understood_or_answered_400(string section, string startLine, string via, string body, bool isUnderstood)
    {
        var bench = new SipBench();
        bench.ReceiveRaw(Message(startLine, via, body));
        var codes = bench.Wire.Sent.Select(sent => ((SipResponse)SipParser.Parse(Encoding.UTF8.GetBytes(sent.Text)).Message!).StatusCode).Where(code => code >= 200).ToList();
        if (isUnderstood)
            Assert.DoesNotContain(400, codes);
        else
            Assert.True(codes is [400] or [], $"{section}: {string.Join(' ', codes)}");   // no Via to answer by: silence
        Assert.DoesNotContain("transport failed", bench.Events);
    }

    [Fact]
    public void Section_4_3_reads_the_port_as_part_of_the_address()
    {
        Assert.True(SipUri.TryParse("sip:[2001:db8::10:5070]", out var whole));
        Assert.Equal(("2001:db8::10:5070", (int?)null), (whole.Host, whole.Port));
        Assert.True(SipUri.TryParse($"sip:{Good}:5070", out var parted));
        Assert.Equal(("2001:db8::10", (int?)5070), (parted.Host, parted.Port));
    }

    // Section 4.5: the request is answered to where it came from, whatever received says.
    [Theory]
    [InlineData("[2001:db8::9:255]")]
    [InlineData("2001:db8::9:255")]
    public void Section_4_5_reads_received_with_and_without_brackets(string received)
    {
        Assert.True(Via.TryParse($"SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111", out var via));
        Assert.Equal("2001:db8::9:255", via.Received?.Trim('[', ']'));
    }

    // Sections 4.6 and 4.8: IPv6 in the session description, one stream with an address of its own.
    [Fact]
    public void Sections_4_6_and_4_8_read_addresses_of_both_kinds()
    {
        const string text = "v=0\r\no=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed\r\nc=IN IP6 2001:db8::20\r\nt=3338481189 3370017201\r\n"
            + "m=audio 6000 RTP/AVP 2\r\na=rtpmap:2 G726-32/8000\r\nm=video 6024 RTP/AVP 107\r\nc=IN IP4 192.0.2.1\r\na=rtpmap:107 H263-1998/90000\r\n";
        Assert.True(SdpParser.TryParse(Encoding.ASCII.GetBytes(text), out var description));
        Assert.Equal(["2001:db8::20", "192.0.2.1"], description.Media.Select(media => $"{description.AddressOf(media)}"));
    }

    private static byte[] Message(string startLine, string via, string body) => Encoding.UTF8.GetBytes(
        $"{startLine}\r\nVia: {via}\r\nMax-Forwards: 70\r\nTo: <sip:user@example.com>\r\nFrom: <sip:user@[2001:db8::9:1]>;tag=81x2\r\n"
        + $"Contact: <sip:caller@[2001:db8::9:1]>\r\nCall-ID: {Guid.NewGuid():N}@[2001:db8::9:1]\r\nCSeq: 98176 {startLine.Split(' ')[0]}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
