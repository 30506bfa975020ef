namespace Crm.Tests;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+49 (30) 231-250 01", "49", "+493023125001")]
    [InlineData("0049 30 23125001", "", "+493023125001")]
    [InlineData("030 23125001", "49", "+493023125001")]
    [InlineData("4930 23125001", "49", "+493023125001")]
    [InlineData("23125001", "49", "+4923125001")]
    [InlineData("49123456", "49", "+4949123456")]      // a local number that begins like the code
    [InlineData("2025550143", "1", "+12025550143")]
    [InlineData("12025550143", "1", "+12025550143")]
    [InlineData("030 23125001", "", "03023125001")]
    [InlineData("112", "49", "112")]
    [InlineData("tel:+4930123456;phone-context=x", "49", "+4930123456")]
    [InlineData("sip:alice@pbx.example", "49", "alice")]
    [InlineData("Phone17", "49", "phone17")]
    [InlineData("Anonymous", "49", "")]
    [InlineData("", "49", "")]
    [InlineData("no number at all", "49", "")]
    [InlineData("123456789012345678", "", "")]
    public void Number_has_one_form(string text, string countryCode, string expected) => Assert.Equal(expected, PhoneNumber.Normalise(text, countryCode));
}
