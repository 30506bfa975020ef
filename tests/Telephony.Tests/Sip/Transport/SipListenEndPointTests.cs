using Telephony.Sip.Transport;

namespace Telephony.Tests.Sip.Transport;

public sealed class SipListenEndPointTests
{
    [Theory]
    [InlineData("udp://0.0.0.0:5060", SipProtocol.Udp, "0.0.0.0:5060")]
    [InlineData("tcp://127.0.0.1", SipProtocol.Tcp, "127.0.0.1:5060")]
    [InlineData("tls://[::1]", SipProtocol.Tls, "[::1]:5061")]
    [InlineData("tcp://[::]:5062", SipProtocol.Tcp, "[::]:5062")]
    [InlineData("udp://[::1]:0", SipProtocol.Udp, "[::1]:0")]
    public void Setting_is_read(string text, SipProtocol protocol, string endPoint)
    {
        Assert.True(SipListenEndPoint.TryParse(text, out var listen));

        Assert.Equal(protocol, listen.Protocol);
        Assert.Equal(endPoint, listen.EndPoint.ToString());
        Assert.True(SipListenEndPoint.TryParse(listen.ToString(), out var again));
        Assert.Equal(listen, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0.0.0.0:5060")]
    [InlineData("sctp://0.0.0.0:5061")]
    [InlineData("udp://phone.example.com:5060")]
    [InlineData("udp://0.0.0.0:70000")]
    [InlineData("udp://0.0.0.0:5060/path")]
    [InlineData("udp://:5060")]
    public void Anything_else_is_refused(string? text) => Assert.False(SipListenEndPoint.TryParse(text, out _));
}
