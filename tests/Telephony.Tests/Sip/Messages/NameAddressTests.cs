using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class NameAddressTests
{
    [Theory]
    // RFC 3261 sections 20.10, 20.20, 20.39
    [InlineData("\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s", "A. G. Bell", "sip:agb@bell-telephone.com", "a48s")]
    [InlineData("sip:+12125551212@server.phone2net.com;tag=887s", null, "sip:+12125551212@server.phone2net.com", "887s")]
    [InlineData("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8", "Anonymous", "sip:c8oqz84zk7z@privacy.org", "hyh8")]
    [InlineData("The Operator <sip:operator@cs.columbia.edu>;tag=287447", "The Operator", "sip:operator@cs.columbia.edu", "287447")]
    [InlineData("<mailto:watson@bell-telephone.com>", null, "mailto:watson@bell-telephone.com", null)]
    // what phones send
    [InlineData("\"\" <sip:a@h>", "", "sip:a@h", null)]
    [InlineData("\"a \\\"b\\\\\" <sip:a@h>", "a \"b\\", "sip:a@h", null)]
    [InlineData("\"<sip:x@y>, ;tag=z\" <sip:a@h;lr>;tag=t", "<sip:x@y>, ;tag=z", "sip:a@h;lr", "t")]
    [InlineData("Jörg Müller (Büro) <sip:a@h>", "Jörg Müller (Büro)", "sip:a@h", null)]
    [InlineData("sip:1234 <sip:1234@h>", "sip:1234", "sip:1234@h", null)]
    [InlineData("<sip:a,b@h?x=y>\t; tag = q ", null, "sip:a,b@h?x=y", "q")]
    [InlineData("<sip:a@h>;tag=", null, "sip:a@h", null)]
    [InlineData("<sip:a@h>;TAG=x", null, "sip:a@h", "x")]
    public void Address_is_read(string text, string? displayName, string uri, string? tag)
    {
        Assert.True(NameAddress.TryParse(text, out var address));

        Assert.Equal(displayName, address.DisplayName);
        Assert.Equal(uri, address.Uri.ToString());
        Assert.Equal(tag, address.Tag);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("*")]
    [InlineData("\"never closed <sip:a@h>")]
    [InlineData("\"closed\" too early <sip:a@h>")]
    [InlineData("Bell, Alexander <sip:a@h>")]
    [InlineData("<sip:a@h")]
    [InlineData("< sip:a@h >")]
    [InlineData("<sip:a@h>x")]
    [InlineData("<sip:a@h>;;tag=x")]
    [InlineData("<sip:a@h>;")]
    [InlineData("<sip:a@h>;tag=\"x")]
    [InlineData("sip:a@h?Route=x")]
    [InlineData("sip:a,b@h")]
    [InlineData("sip:user;par=u@h")]
    [InlineData("<>")]
    public void Illegal_address_is_refused(string text) => Assert.False(NameAddress.TryParse(text, out _));

    [Fact]
    public void Tag_is_put_on_and_replaced()
    {
        Assert.True(NameAddress.TryParse("Bob <sip:bob@biloxi.com>;x=1;tag=old;y", out var address));

        Assert.Equal("\"Bob\" <sip:bob@biloxi.com>;x=1;tag=new;y", address.WithTag("new").ToString());
        Assert.Equal("<sip:a@h>;tag=t", new NameAddress { Uri = address.Uri with { User = "a", Host = "h" } }.WithTag("t").ToString());
    }

    [Fact]
    public void Display_name_cannot_break_out_of_its_quotes()
    {
        Assert.True(SipUri.TryParse("sip:a@h", out var uri));
        var address = new NameAddress { DisplayName = "x\" <sip:evil@h>\r\nVia: y\a", Uri = uri };

        Assert.Equal("\"x\\\" <sip:evil@h>  Via: y\\\a\" <sip:a@h>", address.ToString());
    }
}
