using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Identity;

/// <summary>Goal A28: numbers in tel: and SIP URIs come out in one spelling.</summary>
public sealed class TelephoneNumberTests
{
    [Theory]
    [InlineData("tel:+49-30-1234", "+49301234")]
    [InlineData("tel:+49(30)12.34;ext=5", "+49301234")]
    [InlineData("tel:7042;phone-context=example.com", "7042")]
    [InlineData("tel:863-1234;phone-context=+1-914-555", "+19145558631234")]
    [InlineData("tel:1234;phone-context=+", "1234")]
    [InlineData("tel:;phone-context=+49", null)]
    [InlineData("TEL:+491", "+491")]
    [InlineData("sip:+49301234@example.com", "+49301234")]
    [InlineData("sip:+49-30-1234@example.com", "+49301234")]
    [InlineData("sip:+49301234;phone-context=example.com@example.com", "+49301234")]
    [InlineData("sip:301234;phone-context=+49@example.com;user=phone", "+49301234")]
    [InlineData("sip:30-1234@example.com;user=phone", "301234")]
    [InlineData("sip:30-1234@example.com", "30-1234")]
    [InlineData("sip:%2B49301234@example.com", "+49301234")]
    [InlineData("sip:alice.b@example.com;user=phone", "alice.b")]
    [InlineData("sip:+alice-b@example.com", "+alice-b")]
    [InlineData("sip:*21#@example.com", "*21#")]
    [InlineData("sip:alice:secret@example.com", "alice")]
    [InlineData("sip:;x=1@example.com", null)]
    [InlineData("sip:%20@example.com", null)]
    [InlineData("sip:example.com", null)]
    [InlineData("urn:service:sos", null)]
    public void A_number_has_one_spelling(string uri, string? number)
    {
        Assert.True(SipUri.TryParse(uri, out var parsed));
        Assert.Equal(number, TelephoneNumber.Of(parsed));
    }

    [Theory]
    [InlineData("+49301234", "", "49301234")]
    [InlineData("0049301234", "", "49301234")]
    [InlineData("0301234", "49", "49301234")]
    [InlineData("12155551212", "", "12155551212")]
    [InlineData("alice", "", null)]
    [InlineData("+", "", null)]
    [InlineData("*21#", "", null)]
    [InlineData("+1234567890123456", "", null)]
    [InlineData("+٣٤٥٦٧", "", null)]
    [InlineData(null, "", null)]
    public void A_global_number_is_its_digits(string? number, string countryCode, string? digits) =>
        Assert.Equal(digits, TelephoneNumber.Global(number, countryCode));
}
