using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipParserTests
{
    // RFC 3261 section 24.2, message F1.
    private const string Invite = """
        INVITE sip:bob@biloxi.com SIP/2.0
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8
        Max-Forwards: 70
        To: Bob <sip:bob@biloxi.com>
        From: Alice <sip:alice@atlanta.com>;tag=1928301774
        Call-ID: a84b4c76e66710
        CSeq: 314159 INVITE
        Contact: <sip:alice@pc33.atlanta.com>
        Content-Type: application/sdp
        Content-Length: 4

        v=0

        """;

    [Fact]
    public void Invite_of_the_rfc_is_read()
    {
        var invite = MessageText.Request(Invite);

        Assert.Same(SipMethods.Invite, invite.Method);
        Assert.Equal("sip:bob@biloxi.com", invite.RequestUri.ToString());
        Assert.Equal("z9hG4bKnashds8", invite.TopVia.Branch);
        Assert.Equal(70, invite.MaxForwards);
        Assert.Equal(("Bob", null), (invite.To.DisplayName, invite.To.Tag));
        Assert.Equal(("Alice", "1928301774"), (invite.From.DisplayName, invite.From.Tag));
        Assert.Equal("a84b4c76e66710", invite.CallId);
        Assert.Equal(new CSeq(314159, "INVITE"), invite.CSeq);
        Assert.Equal("pc33.atlanta.com", invite.Contact!.Uri.Host);
        Assert.Equal("application/sdp", invite.ContentType);
        Assert.Equal("v=0\r"u8.ToArray(), invite.Body.ToArray());
    }

    [Fact]
    public void Response_of_the_rfc_is_read()
    {
        var response = MessageText.Response(Invite.Replace("INVITE sip:bob@biloxi.com SIP/2.0", "SIP/2.0 200 OK"));

        Assert.Equal((200, "OK"), (response.StatusCode, response.ReasonPhrase));
        Assert.True(response.IsSuccess);
    }

    [Fact]
    public void Bare_line_feeds_and_leading_line_ends_are_tolerated()
    {
        var withLf = Encoding.UTF8.GetBytes("\r\n\n" + Invite.ReplaceLineEndings("\n"));

        MessageText.AssertSame(MessageText.Request(Invite.Replace("v=0", "v=0\n")), MessageText.Parse([.. withLf[..^1], (byte)'\r', (byte)'\n']));
    }

    [Fact]
    public void Unknown_headers_keep_order_and_spelling_and_known_ones_get_theirs()
    {
        var request = MessageText.Request(Invite.Replace("Max-Forwards: 70", "x-ONE:a\nmax-forwards:70\nX-Two : b\nk: 100rel"));

        Assert.Equal(
            ["Via", "x-ONE", "Max-Forwards", "X-Two", "Supported", "To", "From", "Call-ID", "CSeq", "Contact", "Content-Type"],
            request.Headers.Select(line => line.Name));
        Assert.Same(HeaderNames.Supported, request.Headers[4].Name);
    }

    [Fact]
    public void Missing_content_length_means_the_rest_of_the_datagram()
    {
        Assert.Equal("v=0\r\n", Encoding.UTF8.GetString(MessageText.Request(Invite.Replace("Content-Length: 4\n", "")).Body.Span));
    }

    [Theory]
    [InlineData("Content-Length: 4", "Content-Length: 4\nl: 4")]
    [InlineData("Content-Length: 4", "Content-Length: 0004")]
    [InlineData("CSeq: 314159 INVITE", "CSeq: 314159\n\tINVITE")]
    [InlineData("SIP/2.0\n", "sip/2.0\n")]
    [InlineData("Contact: <sip:alice@pc33.atlanta.com>", "m: *")]
    [InlineData("Contact: <sip:alice@pc33.atlanta.com>", "m:")]
    [InlineData("Via: SIP/2.0/UDP pc33", "Via:\n SIP/2.0/UDP pc33")]
    public void Harmless_oddities_are_accepted(string original, string odd) => MessageText.Request(Replaced(original, odd));

    [Theory]
    [InlineData("Content-Length: 4", "Content-Length: 4\nContent-Length: 5", "Content-Length")]
    [InlineData("Content-Length: 4", "Content-Length: 99", "Content-Length")]
    [InlineData("Content-Length: 4", "Content-Length: -1", "Content-Length")]
    [InlineData("Content-Length: 4", "Content-Length: 4 4", "Content-Length")]
    [InlineData("Content-Length: 4", "Content-Length:", "Content-Length")]
    [InlineData("Content-Length: 4", "Content-Length: 99999999999", "Content-Length")]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 256", "Max-Forwards")]
    [InlineData("Max-Forwards: 70", "Max-Forwards: seventy", "Max-Forwards")]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 70\nMax-Forwards: 70", "repeated")]
    [InlineData("To: Bob", "t: Bob <sip:x@y>\nTo: Bob", "repeated")]
    [InlineData("From: Alice", "From: Alice <sip:x@y>\nFROM: Alice", "repeated")]
    [InlineData("Call-ID: a8", "i: b\nCall-ID: a8", "repeated")]
    [InlineData("Content-Type: ", "c: text/plain\nContent-Type: ", "repeated")]
    [InlineData("CSeq: 314159 INVITE", "CSeq: 314159 BYE", "CSeq")]
    [InlineData("CSeq: 314159 INVITE", "CSeq: 314159 invite", "CSeq")]
    [InlineData("CSeq: 314159 INVITE", "CSeq: INVITE", "CSeq")]
    [InlineData("CSeq: 314159 INVITE\n", "", "CSeq")]
    [InlineData("To: Bob <sip:bob@biloxi.com>\n", "", "To")]
    [InlineData("From: Alice <sip:alice@atlanta.com>;tag=1928301774\n", "", "From")]
    [InlineData("Call-ID: a84b4c76e66710", "Call-ID:", "Call-ID")]
    [InlineData("Contact: <sip:alice@pc33.atlanta.com>", "Contact: <sip:alice@pc33.atlanta.com>, <sip:a b@c>", "Contact")]
    [InlineData("Contact: <sip:alice@pc33.atlanta.com>", "Contact: ,<sip:a@c>", "Contact")]
    [InlineData("Max-Forwards: 70", "Max-Forwards 70", "header line")]
    [InlineData("Max-Forwards: 70", ": 70", "header line")]
    [InlineData("Max-Forwards: 70", "Max Forwards: 70", "header line")]
    [InlineData("Max-Forwards: 70", "Max-Forwards\u0001: 70", "header line")]
    [InlineData("Max-Forwards: 70", "Max-Forwards\0: 70", "header line")]
    [InlineData("Max-Forwards: 70", "Ｍax-Forwards: 70", "header line")]
    [InlineData("Max-Forwards: 70", "X: a\u0000b", "header line")]
    [InlineData("SIP/2.0\n", "SIP/2.0\n Max-Forwards: 1\n", "header line")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "INVITE sip:bob@biloxi.com HTTP/1.1", "start line")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "INVITE sip:bob@biloxi.com", "start line")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "INVITE sip:bob@biloxi.com?a=b SIP/2.0", "Request-URI")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "INVITE bob SIP/2.0", "Request-URI")]
    public void Fault_is_named_and_can_be_answered(string original, string bad, string named)
    {
        var failure = MessageText.Failure(Replaced(original, bad));

        Assert.Equal(400, failure.StatusCode);
        Assert.Contains(named, failure.Reason);
        var answer = SipResponse.For(failure.Answerable!, failure.StatusCode, failure.Reason, "t");
        Assert.Equal("z9hG4bKnashds8", answer.TopVia.Branch);
        Assert.NotEmpty(MessageText.Write(answer));
    }

    [Theory]
    [InlineData("X: a\r\r\nEvil: b")]
    [InlineData("X: a\rEvil: b")]
    [InlineData("X: a\r\n \r b")]
    public void Bare_carriage_return_is_no_line_end_and_no_text(string lines)
    {
        var bytes = Encoding.UTF8.GetBytes(Invite.ReplaceLineEndings("\r\n").Replace("Max-Forwards: 70", lines, StringComparison.Ordinal));

        Assert.Equal(400, MessageText.Failure(bytes).StatusCode);
    }

    [Fact]
    public void Other_version_is_answered_505()
    {
        Assert.Equal(505, MessageText.Failure(Replaced("com SIP/2.0", "com SIP/3.0")).StatusCode);
        Assert.NotNull(MessageText.Failure(Replaced("com SIP/2.0", "com SIP/3.0")).Answerable);
    }

    [Theory]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "ACK sip:bob@biloxi.com SIP/2.0")]   // CSeq differs, but nobody answers an ACK
    [InlineData("Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\n", "")]
    [InlineData("Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8", "Via: nonsense")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "SIP/2.0 99 Too low")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "SIP/2.0 700 Too high")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "SIP/2.0 2000 Too long")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "SIP/3.0 200 OK")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "(INVITE) sip:bob@biloxi.com SIP/2.0")]
    [InlineData("INVITE sip:bob@biloxi.com SIP/2.0", "INVITE")]
    public void What_must_not_or_cannot_be_answered_is_dropped(string original, string bad) =>
        Assert.Null(MessageText.Failure(Replaced(original, bad)).Answerable);

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    public void Keep_alives_and_strangers_are_dropped(string text) => Assert.Null(MessageText.Failure(text).Answerable);

    [Fact]
    public void Message_without_end_of_headers_is_refused() =>
        Assert.Equal(400, MessageText.Failure(Invite[..Invite.IndexOf("\n\n", StringComparison.Ordinal)]).StatusCode);

    [Fact]
    public void Limits_hold_to_the_line_and_to_the_byte()
    {
        const int Extra = SipLimits.MaxHeaders - 8;   // of the nine headers above, one is replaced
        var longest = "X-Long: " + new string('x', SipLimits.MaxHeaderBytes - 8);

        MessageText.Request(WithLines(Enumerable.Repeat("X-A: b", Extra)));
        MessageText.Request(WithLines([longest]));
        Assert.Equal(513, MessageText.Failure(WithLines(Enumerable.Repeat("X-A: b", Extra + 1))).StatusCode);
        Assert.Equal(513, MessageText.Failure(WithLines([longest + "x"])).StatusCode);
        Assert.NotNull(MessageText.Failure(WithLines([longest + "x"])).Answerable!.To);
        var large = MessageText.Failure(Invite + new string('x', SipLimits.MaxMessageBytes));
        Assert.Equal(513, large.StatusCode);
        Assert.Equal("a84b4c76e66710", large.Answerable!.CallId);
    }

    private static string WithLines(IEnumerable<string> lines) => Replaced("Max-Forwards: 70", string.Join('\n', lines));

    private static string Replaced(string original, string replacement)
    {
        var text = Invite.ReplaceLineEndings("\n");
        Assert.Contains(original, text);
        return text.Replace(original, replacement, StringComparison.Ordinal);
    }
}
