using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Telephony.Sdp;

namespace Telephony.Tests.Sdp;

public sealed class SdpParserTests
{
    // RFC 8866 section 5, the example.
    private const string Rfc8866 = """
        v=0
        o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
        s=Call to John Smith
        i=SDP Offer #1
        u=http://www.jdoe.example.com/home.html
        e=Jane Doe <jane@jdoe.example.com>
        p=+1 617 555-6011
        c=IN IP4 198.51.100.1
        b=AS:128
        t=0 0
        m=audio 49170 RTP/AVP 0
        m=audio 49180 RTP/AVP 0
        m=video 51372 RTP/AVP 99
        c=IN IP6 2001:db8::2
        a=rtpmap:99 h263-1998/90000

        """;

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData(" \r\n\r\n")]
    public void The_example_of_RFC_8866_is_read_whatever_ends_its_lines(string lineEnd)
    {
        var description = Parse(Rfc8866.ReplaceLineEndings(lineEnd));
        Assert.Equal(new SdpOrigin("jdoe", "3724394400", 3724394405, "198.51.100.1"), description.Origin);
        Assert.Equal("Call to John Smith", description.Name);
        Assert.Equal(["audio 49170", "audio 49180", "video 51372"], description.Media.Select(media => $"{media.Type} {media.Port}"));
        Assert.Equal(IPAddress.Parse("198.51.100.1"), description.AddressOf(description.Media[0]));
        Assert.Equal(IPAddress.Parse("2001:db8::2"), description.AddressOf(description.Media[2]));
        Assert.True(description.Media[2].TryGetRtpMap(99, out var map));
        Assert.Equal(new RtpMap(99, "h263-1998", 90_000), map);
    }

    [Fact]
    public void Attributes_before_the_first_media_line_are_the_sessions()
    {
        var description = Describe.Offer("a=sendonly", "a=tool:x:y", "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0", "a=recvonly");
        Assert.Equal([new SdpAttribute("sendonly"), new SdpAttribute("tool", "x:y")], description.Attributes);
        Assert.Equal(MediaDirection.SendOnly, description.DirectionOf(description.Media[0]));
        Assert.Equal(MediaDirection.RecvOnly, description.DirectionOf(description.Media[1]));
    }

    [Theory]
    [InlineData("v=1\r\n")]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("v=0\r\nm=audio\r\n")]
    [InlineData("v=0\r\nm=audio 65536 RTP/AVP 0\r\n")]
    [InlineData("v=0\r\nm=audio -1 RTP/AVP 0\r\n")]
    public void What_is_no_description_or_has_an_unreadable_media_line_is_refused(string body) =>
        Assert.False(SdpParser.TryParse(Encoding.UTF8.GetBytes(body), out _));

    [Theory]
    [InlineData("a=ptime:30", 30)]
    [InlineData("a=ptime: 20.0", 20)]
    [InlineData("a=PTIME:0", 0)]
    [InlineData("a=ptime:", null)]
    [InlineData("a=ptime:-20", null)]
    [InlineData("a=ptime:99999999999", null)]
    public void Ptime_is_read_as_written(string line, int? ptimeMs) =>
        Assert.Equal(ptimeMs, Describe.Offer("m=audio 4000 RTP/AVP 0", line).Media[0].PtimeMs);

    [Theory]
    [InlineData("a=rtcp:53020", "198.51.100.7:53020")]
    [InlineData("a=rtcp:53020 IN IP4 126.16.64.4", "126.16.64.4:53020")]
    [InlineData("a=rtcp:53020 IN IP6 2001:db8::1", "198.51.100.7:53020")]
    [InlineData("a=rtcp:0", "198.51.100.7:4001")]
    [InlineData("a=rtcp:x", "198.51.100.7:4001")]
    [InlineData("a=other", "198.51.100.7:4001")]
    public void Rtcp_goes_to_the_port_above_unless_the_line_says_otherwise(string line, string endPoint)
    {
        var description = Describe.Offer("m=audio 4000 RTP/AVP 0", line);
        Assert.Equal(endPoint, description.Media[0].RtcpEndPoint(description.AddressOf(description.Media[0])!).ToString());
    }

    [Fact]
    public void Limits_hold()
    {
        Assert.True(TryParse(MediaLines(SdpParser.MaxMediaLines)));
        Assert.False(TryParse(MediaLines(SdpParser.MaxMediaLines + 1)));
        Assert.True(TryParse(Attributes(SdpParser.MaxAttributes)));
        Assert.False(TryParse(Attributes(SdpParser.MaxAttributes + 1)));
        Assert.False(TryParse("v=0\r\ns=" + new string('x', SdpParser.MaxBytes)));
        var manyFormats = Parse("v=0\r\nm=audio 4000 RTP/AVP" + string.Concat(Enumerable.Repeat(" 0", 5000)));
        Assert.Equal(SdpParser.MaxFormats, manyFormats.Media[0].Formats.Count);
    }

    [Theory]
    [InlineData("m=audio 1 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=sendrecv\n", 8)]
    [InlineData("a=rtpmap:96 x/1\n", 10)]
    [InlineData("m=a 1 b 1 2 5 6 7 1 2 5 6\n", 32)]
    public void Memory_stays_in_proportion_to_the_bytes(string repeated, int timesBytes)
    {
        var body = Encoding.UTF8.GetBytes("v=0\n" + string.Concat(Enumerable.Repeat(repeated, 60)));
        Assert.True(SdpParser.TryParse(body, out _));   // fills pools and tables
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(SdpParser.TryParse(body, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, timesBytes * body.Length);
    }

    [Fact]
    public void Any_bytes_are_read_without_an_exception() =>
        Prop.ForAll<byte[]>(bytes =>
            IsReadOrRefused(bytes)
            && IsReadOrRefused([.. "v=0\r\n"u8, .. bytes])
            && IsReadOrRefused([.. "v=0\r\nm=audio 4000 RTP/AVP 0\r\na="u8, .. bytes])).QuickCheckThrowOnFailure();

    [Fact]
    public void Mutated_descriptions_are_read_or_refused_and_answered_with_as_many_lines()
    {
        var random = new Random(8866);
        for (var round = 0; round < 5000; round++)
        {
            if (!SdpParser.TryParse(RandomSdp.Mutated(random), out var offer))
                continue;
            if (OfferAnswer.TryAnswer(offer, Describe.Local(), null, out var answer, out _))
                Assert.Equal(offer.Media.Count, answer.Media.Count);
        }
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var random = new Random(4566);
        for (var round = 0; round < 2000; round++)
        {
            var written = RandomSdp.Description(random);
            Assert.True(SdpParser.TryParse(SdpWriter.Write(written), out var read));
            RandomSdp.AssertSame(written, read);
        }
    }

    private static bool IsReadOrRefused(byte[] body) => SdpParser.TryParse(body, out var description) == (description is not null);

    private static bool TryParse(string body) => SdpParser.TryParse(Encoding.UTF8.GetBytes(body), out _);

    private static SessionDescription Parse(string body) =>
        SdpParser.TryParse(Encoding.UTF8.GetBytes(body), out var description) ? description : throw new FormatException(body);

    private static string MediaLines(int count) => "v=0\r\n" + string.Concat(Enumerable.Repeat("m=audio 0 RTP/AVP 0\r\n", count));

    private static string Attributes(int count) => "v=0\r\n" + string.Concat(Enumerable.Repeat("a=x\r\n", count)) + "m=audio 0 RTP/AVP 0\r\na=y\r\n";
}
