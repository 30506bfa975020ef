using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class CSeqTests
{
    [Theory]
    [InlineData("4711 INVITE", 4711, "INVITE")]
    [InlineData("0009   INVITE", 9, "INVITE")]
    [InlineData(" 0\tfoo ", 0, "foo")]
    [InlineData("2147483647 ACK", 2147483647, "ACK")]
    public void Legal_value_is_read(string text, uint number, string method)
    {
        Assert.True(CSeq.TryParse(text, out var cseq));
        Assert.Equal(new CSeq(number, method), cseq);
    }

    [Theory]
    [InlineData("")]
    [InlineData("INVITE")]
    [InlineData("1")]
    [InlineData("1INVITE")]
    [InlineData("-1 INVITE")]
    [InlineData("+1 INVITE")]
    [InlineData("1.0 INVITE")]
    [InlineData("2147483648 INVITE")]
    [InlineData("18446744073709551617 INVITE")]
    [InlineData("1 IN VITE")]
    [InlineData("1 INV@TE")]
    [InlineData("١ INVITE")]
    public void Illegal_value_is_refused(string text) => Assert.False(CSeq.TryParse(text, out _));
}
