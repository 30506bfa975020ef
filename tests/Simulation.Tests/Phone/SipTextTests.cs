using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Simulation.Phone;

namespace Simulation.Tests.Phone;

public sealed class SipTextTests
{
    private const string Answer =
        "SIP/2.0 200 OK\r\nv: SIP/2.0/UDP h;branch=z9hG4bKa\r\nFrom: <sip:a@h>;tag=1\r\nt: \"x;y\" <sip:b@h;p=1>;tag=2\r\n" +
        "i: id\r\nCSeq: 7 INVITE\r\nm: <sip:b@10.0.0.1:5070>;expires=3\r\nSubject: one\r\n two\r\nl: 0\r\n\r\n";

    [Fact]
    public void Compact_forms_folded_lines_and_parameters_are_read()
    {
        Assert.True(SipText.TryParse(Encoding.ASCII.GetBytes(Answer), out var message));
        Assert.Equal((200, "OK", "INVITE", 7u), (message!.StatusCode, message.ReasonPhrase, message.Method, message.CSeqNumber));
        Assert.Equal("2", SipText.Parameter(message["To"], "tag"));
        Assert.Equal("z9hG4bKa", SipText.Parameter(message["Via"], "branch"));
        Assert.Equal("sip:b@10.0.0.1:5070", SipText.Uri(message["Contact"]));
        Assert.Equal("one two", message["Subject"]);
        Assert.Equal("", message["Route"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("SIP/2.0 xx OK\r\nCSeq: 1 BYE\r\n\r\n")]
    [InlineData("BYE sip:a SIP/3.0\r\nCSeq: 1 BYE\r\n\r\n")]
    [InlineData("BYE sip:a SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n")]
    public void What_is_not_a_message_is_refused(string text) => Assert.False(SipText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void No_bytes_throw() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            _ = SipText.TryParse(bytes, out _);
            _ = SipText.TryParse([.. Encoding.ASCII.GetBytes(Answer)[..(bytes.Length % Answer.Length)], .. bytes], out _);
            _ = SdpText.TryRead(Encoding.Latin1.GetString(bytes), out _);
            _ = SdpText.TryRead("m=audio 1 RTP/AVP 0\nc=IN IP4 1.2.3.4\na=rtpmap:" + Encoding.Latin1.GetString(bytes), out _);
            _ = RtpHeader.TryRead(bytes, out _, out _);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stream_is_cut_into_the_same_messages_wherever_it_is_split()
    {
        var stream = Encoding.ASCII.GetBytes("\r\n\r\n" + Answer + "BYE sip:a SIP/2.0\r\nCSeq: 8 BYE\r\nContent-Length: 5\r\n\r\nhello\r\n" + Answer);
        for (var split = 0; split <= stream.Length; split++)
        {
            var framer = new SipTextFramer();
            var found = new List<string>();
            foreach (var part in new[] { stream[..split], stream[split..] })
            {
                part.CopyTo(framer.Free);
                framer.Advance(part.Length);
                while (framer.TryTake(out var message))
                    found.Add(message!.Method + message.Body);
            }
            Assert.Equal(["INVITE", "BYEhello", "INVITE"], found);
        }
    }

    [Theory]
    [InlineData("sip:agent@127.0.0.1:5070", "127.0.0.1", 5070, false)]
    [InlineData("SIP:[::1]:5070;transport=tcp", "::1", 5070, true)]
    [InlineData("<sip:a@pbx.example;transport=TCP>", "pbx.example", 5060, true)]
    [InlineData("sip:[2001:db8::1]", "2001:db8::1", 5060, false)]
    public void Targets_are_taken_apart(string uri, string host, int port, bool isTcp)
    {
        Assert.True(SipTarget.TryParse(uri, out var target));
        Assert.Equal((host, port, isTcp), (target!.Host, target.Port, target.IsTcp));
    }

    [Theory, InlineData(null), InlineData(""), InlineData("tel:+1"), InlineData("sips:a@b"), InlineData("sip:a@"), InlineData("sip:a@h:70000"), InlineData("sip:[::1")]
    public void What_cannot_be_dialled_is_refused(string? uri) => Assert.False(SipTarget.TryParse(uri, out _));
}
