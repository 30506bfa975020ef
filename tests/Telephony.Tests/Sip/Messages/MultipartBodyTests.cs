using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

/// <summary>Bodies of several parts (goal A24): the session description is found wherever it lies, and nothing makes the search long.</summary>
public sealed class MultipartBodyTests
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n";

    [Theory]
    [InlineData("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: application/sdp\r\n\r\nSDP\r\n--b1\r\nContent-Type: application/isup\r\n\r\nxx\r\n--b1--\r\n")]
    [InlineData("multipart/mixed; boundary=\"b1\"", "preamble\r\n--b1\r\nContent-Type: application/isup;version=x\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u0001\u0002\r\n--b1\r\nc: Application/SDP\r\n\r\nSDP\r\n--b1--")]
    [InlineData("Multipart/Related ; boundary=b1 ; type=x", "--b1\nContent-Type: application/sdp\n\nSDP\n--b1--\n")]
    [InlineData("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: multipart/alternative;boundary=b12\r\n\r\n--b12\r\n\r\nhello\r\n--b12\r\nContent-Type: application/sdp\r\n\r\nSDP\r\n--b12--\r\n--b1--")]
    [InlineData("multipart/mixed;boundary=b1", "--b1\r\nContent-Type: application/sdp\r\n\r\nSDP")]
    public void The_session_description_is_found(string contentType, string body)
    {
        Assert.True(Find(contentType, body.Replace("SDP", Sdp, StringComparison.Ordinal).Replace("Application/" + Sdp, "Application/SDP", StringComparison.Ordinal), out var found));
        Assert.Equal(Sdp.TrimEnd(), found.TrimEnd());
    }

    [Fact]
    public void Without_one_nothing_is_found_and_nothing_is_wrong()
    {
        Assert.True(Find("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/pidf+xml\r\n\r\n<x/>\r\n--b--", out var found));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData("multipart/mixed", "--b\r\n\r\n\r\n--b--")]
    [InlineData("multipart/mixed;boundary=", "--\r\n\r\n\r\n----")]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nno end of headers")]
    [InlineData("multipart/mixed;boundary=b", "--b\r\nContent-Type: application/x\r\nContent-Disposition: session; handling=required\r\n\r\nx\r\n--b--")]
    public void What_cannot_be_read_or_must_be_understood_is_refused(string contentType, string body) => Assert.False(Find(contentType, body, out _));

    [Fact]
    public void Parts_without_end_and_parts_within_parts_are_bounded()
    {
        Assert.False(Find("multipart/mixed;boundary=b", string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", 1_000)), out _));
        var nested = "x";
        for (var i = 0; i < 50; i++)
            nested = $"--b{i}\r\nContent-Type: multipart/mixed;boundary=b{i - 1}\r\n\r\n{nested}\r\n--b{i}--";
        Find("multipart/mixed;boundary=b49", nested, out _);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(3);
        for (var run = 0; run < 20_000; run++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "--b|\r\n|\n|-|--b--|Content-Type:|multipart/mixed;boundary=b|application/sdp|x|:".Split('|')[random.Next(10)]));
            Find("multipart/mixed;boundary=b", body, out _);
        }
    }

    private static bool Find(string contentType, string body, out string found)
    {
        var isRead = MultipartBody.TryFind(Encoding.Latin1.GetBytes(body), contentType, "application/sdp", out var part);
        found = Encoding.Latin1.GetString(part.Span);
        return isRead;
    }
}
