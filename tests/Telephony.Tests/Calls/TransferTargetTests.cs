using Telephony.Calls;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

public sealed class TransferTargetTests
{
    [Theory]
    [InlineData("sip:desk@pbx.example.com", "sip:desk@pbx.example.com")]
    [InlineData(" sips:desk@[2001:db8::1]:5061;transport=tcp ", "sips:desk@[2001:db8::1]:5061;transport=tcp")]
    [InlineData("tel:+49-30-1234", "tel:+49-30-1234")]
    [InlineData("tel:1234;phone-context=example.com", "tel:1234;phone-context=example.com")]
    [InlineData("+49 (30) 123-4.5/6", "sip:+4930123456@home.example.com:5090")]
    [InlineData("*21#", "sip:*21%23@home.example.com:5090")]
    public void What_can_be_called_becomes_a_URI(string text, string uri)
    {
        Assert.True(TransferTarget.TryParse(text, out var target));
        Assert.Equal(uri, target.UriFor(Uri("sip:caller@home.example.com:5090;transport=tcp"), Uri("sip:caller@192.0.2.10:5070")).ToString());
    }

    [Theory]
    [InlineData("sip:anonymous@anonymous.invalid", "sip:caller@192.0.2.10:5070", "sip:200@192.0.2.10:5070")]
    [InlineData("tel:+49301", "sip:192.0.2.10", "sip:200@192.0.2.10")]
    [InlineData("tel:+49301", "tel:+49301", "tel:200")]
    public void A_number_of_a_caller_without_a_domain_is_dialled_at_its_contact(string from, string contact, string uri)
    {
        Assert.True(TransferTarget.TryParse("200", out var target));
        Assert.Equal(uri, target.UriFor(Uri(from), Uri(contact)).ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" + ")]
    [InlineData("desk")]
    [InlineData("12\r\n34")]
    [InlineData("123456789012345678901234567890123")]
    [InlineData("sip:")]
    [InlineData("sip:desk@")]
    [InlineData("sip:desk@pbx>\r\nRoute: <sip:evil")]
    [InlineData("sip:desk@pbx?Replaces=x%40y")]
    [InlineData("sip:desk@pbx;method=BYE")]
    [InlineData("sip:desk@pbx;%6dethod=BYE")]
    [InlineData("<sip:desk@pbx>")]
    [InlineData("tel:")]
    [InlineData("tel:+")]
    [InlineData("tel:desk")]
    [InlineData("tel:1234;a=\"")]
    [InlineData("https://example.com/")]
    [InlineData("localhost:5060")]
    public void What_cannot_be_called_is_refused(string? text) => Assert.False(TransferTarget.TryParse(text, out _));

    [Fact]
    public void A_URI_too_long_for_a_datagram_is_refused() => Assert.False(TransferTarget.TryParse($"sip:{new string('a', 600)}@pbx", out _));

    private static SipUri Uri(string text) => SipUri.TryParse(text, out var uri) ? uri : throw new ArgumentException(text, nameof(text));
}
