using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Telephony.Calls;

namespace Telephony.Tests.Calls;

public sealed class DtmfInfoTests
{
    [Theory]
    [InlineData("Signal=7\r\nDuration=160", '7', 160)]
    [InlineData("Signal= 7\r\nDuration= 160\r\n", '7', 160)]
    [InlineData("signal = *\nduration = 250\n", '*', 250)]
    [InlineData("Duration=100\r\nSignal=#\r\n", '#', 100)]
    [InlineData("Signal=d\r\n", 'D', 0)]
    [InlineData("Signal=10\r\nDuration=160", '*', 160)]
    [InlineData("Signal=11\r\nDuration=160", '#', 160)]
    [InlineData("Signal=15", 'D', 0)]
    [InlineData("Signal=1\r\nDuration=-5", '1', 0)]
    [InlineData("Signal=1\r\nDuration=99999999", '1', 60_000)]
    [InlineData("5", '5', 0)]
    [InlineData(" 11 \r\n", '#', 0)]
    [InlineData("Signal=16", null, 0)]
    [InlineData("Signal=!", null, 0)]
    public void A_key_is_read_however_it_is_written(string body, char? digit, int durationMs)
    {
        Assert.True(DtmfInfo.TryParse(Encoding.ASCII.GetBytes(body), out var read, out var readMs));
        Assert.Equal((digit, durationMs), (read, readMs));
    }

    [Theory]
    [InlineData("Signal=E")]
    [InlineData("Signal=17")]
    [InlineData("Signal=")]
    [InlineData("Signal=123")]
    [InlineData("Duration=160")]
    [InlineData("hello")]
    [InlineData("+1")]
    public void A_body_without_a_key_is_refused(string body) => Assert.False(DtmfInfo.TryParse(Encoding.ASCII.GetBytes(body), out _, out _));

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Prop.ForAll<byte[]>(bytes => DtmfInfo.TryParse(bytes, out var digit, out _) || digit is null).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("application/dtmf-relay", true)]
    [InlineData("Application/DTMF-Relay; charset=utf-8", true)]
    [InlineData("application/dtmf", true)]
    [InlineData("application/dtmf2", false)]
    [InlineData("text/plain", false)]
    [InlineData(null, false)]
    public void The_content_type_decides(string? contentType, bool isDtmf) => Assert.Equal(isDtmf, DtmfInfo.IsDtmf(contentType));
}
