using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipFragmentTests
{
    [Theory]
    [InlineData("SIP/2.0 100 Trying", 100)]
    [InlineData("SIP/2.0 200 OK\r\n", 200)]
    [InlineData("\r\nSIP/2.0 486 Busy Here\r\nTo: <sip:desk@pbx>\r\n\r\n", 486)]
    [InlineData("SIP/2.0 603 \n", 603)]
    [InlineData("sip/2.0 200", 200)]
    public void The_status_line_is_read(string body, int statusCode)
    {
        Assert.True(SipFragment.TryReadStatus(Encoding.UTF8.GetBytes(body), out var read));
        Assert.Equal(statusCode, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("To: <sip:desk@pbx>\r\n")]
    [InlineData("INVITE sip:desk@pbx SIP/2.0")]
    [InlineData("SIP/2.0 99 Low")]
    [InlineData("SIP/2.0 2000 High")]
    [InlineData("HTTP/1.1 200 OK")]
    public void Without_a_status_line_it_says_nothing(string body)
    {
        Assert.False(SipFragment.TryReadStatus(Encoding.UTF8.GetBytes(body), out var read));
        Assert.Equal(0, read);
    }
}
