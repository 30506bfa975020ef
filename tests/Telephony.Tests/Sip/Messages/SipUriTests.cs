using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipUriTests
{
    [Theory]
    // RFC 3261 section 19.1.3
    [InlineData("sip:alice@atlanta.com")]
    [InlineData("sip:alice:secretword@atlanta.com;transport=tcp")]
    [InlineData("sips:alice@atlanta.com?subject=project%20x&priority=urgent")]
    [InlineData("sip:+1-212-555-1212:1234@gateway.com;user=phone")]
    [InlineData("sips:1212@gateway.com")]
    [InlineData("sip:alice@192.0.2.4")]
    [InlineData("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com")]
    [InlineData("sip:alice;day=tuesday@atlanta.com")]
    // what phones send
    [InlineData("sip:alice@[2001:db8::1]:5070;transport=udp;transport=udp")]
    [InlineData("sip:*21#@example_host.local")]
    [InlineData("sip:[::ffff:192.0.2.1]")]
    [InlineData("tel:+1-201-555-0123;phone-context=example.com")]
    [InlineData("urn:service:sos")]
    public void Legal_uri_is_read_and_written_back(string text)
    {
        Assert.True(SipUri.TryParse(text, out var uri));
        Assert.Equal(text, uri.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice@atlanta.com")]
    [InlineData("sip:")]
    [InlineData(":alice@atlanta.com")]
    [InlineData("1sip:alice@atlanta.com")]
    [InlineData("sip:@atlanta.com")]
    [InlineData("sip::secret@atlanta.com")]
    [InlineData("sip:alice@")]
    [InlineData("sip:alice@bob@atlanta.com")]
    [InlineData("sip:alice@atlanta.com:")]
    [InlineData("sip:alice@atlanta.com:65536")]
    [InlineData("sip:alice@atlanta.com:-1")]
    [InlineData("sip:alice@atlanta.com:5060x")]
    [InlineData("sip:alice@atlanta com")]
    [InlineData("sip:alice@atlanta.com;")]
    [InlineData("sip:alice@atlanta.com;;lr")]
    [InlineData("sip:alice@atlanta.com;=x")]
    [InlineData("sip:alice@atlanta.com?")]
    [InlineData("sip:alice@atlanta.com?subject")]
    [InlineData("sip:alice@[2001:db8::1")]
    [InlineData("sip:alice@[192.0.2.4]")]
    [InlineData("sip:alice@[fe80::1%25eth0]")]
    [InlineData("sip:alice@[2001:db8::/32]")]
    [InlineData("sip:alice@2001:db8::1")]
    [InlineData("<sip:alice@atlanta.com>")]
    [InlineData("sip:alice\0@atlanta.com")]
    [InlineData("tel:")]
    public void Illegal_uri_is_refused(string text) => Assert.False(SipUri.TryParse(text, out _));

    [Fact]
    public void Parts_are_told_apart()
    {
        Assert.True(SipUri.TryParse("SIPS:al%69ce:pw@[2001:db8::1]:5071;transport=tcp;lr?subject=x&a=b", out var uri));

        Assert.Equal("sips", uri.Scheme);
        Assert.True(uri.IsSecure);
        Assert.Equal("alice", uri.User);
        Assert.Equal("al%69ce:pw", uri.UserInfo);
        Assert.Equal("2001:db8::1", uri.Host);
        Assert.Equal(5071, uri.Port);
        Assert.Equal("tcp", uri.GetParameter("Transport"));
        Assert.Equal("", uri.GetParameter("lr"));
        Assert.Null(uri.GetParameter("maddr"));
        Assert.Equal("subject=x&a=b", uri.Headers);
    }

    [Fact]
    public void Number_of_a_tel_uri_is_its_user()
    {
        Assert.True(SipUri.TryParse("tel:+4930123;phone-context=example.com", out var uri));

        Assert.Equal("+4930123", uri.User);
        Assert.False(uri.IsSip);
    }

    [Theory]
    [InlineData("alice", "sip:alice@h")]
    [InlineData("+49 30", "sip:+49%2030@h")]
    [InlineData("a@b:c", "sip:a%40b%3Ac@h")]
    [InlineData("100%", "sip:100%25@h")]
    [InlineData("müller", "sip:m%C3%BCller@h")]
    [InlineData("<\r\n>", "sip:%3C%0D%0A%3E@h")]
    public void User_is_escaped_on_the_way_out_and_comes_back(string user, string written)
    {
        var uri = new SipUri { User = user, Host = "h" };

        Assert.Equal(written, uri.ToString());
        Assert.True(SipUri.TryParse(written, out var read));
        Assert.Equal(user, read.User);
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz%41", "%zzA")]
    [InlineData("%25%34%31", "%41")]
    [InlineData("m%C3%BCller", "müller")]
    [InlineData("m%FCller", "müller")]
    public void Escapes_are_utf8_or_else_latin1_and_a_lone_percent_sign_stands_for_itself(string escaped, string plain) =>
        Assert.Equal(plain, PercentEncoding.Unescape(escaped));

    [Theory]
    // RFC 3261 section 19.1.4: equivalent
    [InlineData("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true)]
    [InlineData("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com", "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true)]
    [InlineData("sip:alice@atlanta.com?subject=project%20x&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true)]
    // RFC 3261 section 19.1.4: not equivalent
    [InlineData("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false)]
    [InlineData("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false)]
    [InlineData("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false)]
    [InlineData("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false)]
    [InlineData("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false)]
    // the rules of the text
    [InlineData("sip:alice@atlanta.com", "sips:alice@atlanta.com", false)]
    [InlineData("sip:alice@atlanta.com", "sip:atlanta.com", false)]
    [InlineData("sip:alice:pw@atlanta.com", "sip:alice@atlanta.com", false)]
    [InlineData("sip:a%40b@atlanta.com", "sip:a%40B@atlanta.com", false)]
    [InlineData("sip:a%3bb@atlanta.com", "sip:a;b@atlanta.com", false)]
    [InlineData("sip:a%3bb@atlanta.com", "sip:a%3Bb@atlanta.com", true)]
    [InlineData("sip:alice@atlanta.com;user=ip", "sip:alice@atlanta.com", false)]
    [InlineData("sip:alice@atlanta.com;maddr=192.0.2.1", "sip:alice@atlanta.com", false)]
    [InlineData("sip:alice@atlanta.com;ttl=1", "sip:alice@atlanta.com", false)]
    [InlineData("sip:alice@atlanta.com;%6C%72", "sip:alice@atlanta.com;lr", true)]
    [InlineData("sip:alice@atlanta.com?a=1&a=1", "sip:alice@atlanta.com?a=1&b=2", false)]
    [InlineData("sip:esc@atlanta.com?a=1", "sip:esc@atlanta.com?A=1", true)]
    [InlineData("tel:+1234", "tel:+1234", true)]
    [InlineData("tel:+1234", "tel:+1235", false)]
    public void Comparison_follows_the_rfc_both_ways(string left, string right, bool areSame)
    {
        Assert.True(SipUri.TryParse(left, out var a));
        Assert.True(SipUri.TryParse(right, out var b));

        Assert.Equal(areSame, a.Matches(b));
        Assert.Equal(areSame, b.Matches(a));
    }

    [Fact]
    public void Escaped_uri_of_esc01_is_not_what_it_spells()
    {
        Assert.True(SipUri.TryParse("sip:sips%3Auser%40example.com@example.net", out var escaped));
        Assert.True(SipUri.TryParse("sips:user@example.com", out var spelled));

        Assert.False(escaped.Matches(spelled));
    }
}
