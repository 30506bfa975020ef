using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Messages;

public sealed class SipMessageTests
{
    private const string Invite = """
        INVITE sip:bob@biloxi.com SIP/2.0
        Via: SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp,SIP/2.0/TCP pc33.atlanta.com;branch=z9hG4bKnashds8
        Via: SIP/2.0/UDP last.example.com
        Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>
        Max-Forwards: 70
        To: Bob <sip:bob@biloxi.com>
        From: Alice <sip:alice@atlanta.com>;tag=1928301774
        Call-ID: a84b4c76e66710
        CSeq: 314159 INVITE
        Timestamp: 54
        Contact: <sip:alice@pc33.atlanta.com>


        """;

    [Fact]
    public void View_follows_its_header_line()
    {
        var request = MessageText.Request(Invite);
        var before = request.To;

        Assert.Same(before, request.To);
        request.Headers.Set("To", "<sip:carol@chicago.com>");
        Assert.Equal("carol", request.To.Uri.User);
        request.To = before.WithTag("t");
        Assert.Equal("\"Bob\" <sip:bob@biloxi.com>;tag=t", request.Headers.GetFirst("To"));
    }

    [Fact]
    public void Topmost_via_is_stamped_without_touching_those_below()
    {
        var request = MessageText.Request(Invite);

        request.TopVia = request.TopVia with { Received = "192.0.2.7" };

        Assert.Equal("192.0.2.7", request.TopVia.Received);
        Assert.Equal(["proxy.example.com", "pc33.atlanta.com", "last.example.com"], request.Vias.Select(via => via.Host));
        Assert.Equal(2, request.Headers.GetLines("Via").Count());
    }

    [Fact]
    public void Response_copies_what_the_rfc_wants_copied()
    {
        var request = MessageText.Request(Invite);

        var ringing = SipResponse.For(request, 180, toTag: "314159");

        Assert.Equal("SIP/2.0 180 Ringing", ringing.ToString());
        Assert.Equal(request.Headers.GetLines("Via"), ringing.Headers.GetLines("Via"));
        Assert.Equal(request.Headers.GetLines("Record-Route"), ringing.Headers.GetLines("Record-Route"));
        Assert.Equal("Alice <sip:alice@atlanta.com>;tag=1928301774", ringing.Headers.GetFirst("From"));
        Assert.Equal("314159", ringing.To.Tag);
        Assert.Equal(request.CallId, ringing.CallId);
        Assert.Equal(request.CSeq, ringing.CSeq);
        Assert.False(ringing.Headers.Contains("Timestamp"));
        Assert.Null(ringing.Contact);
        Assert.Null(request.To.Tag);
    }

    [Fact]
    public void Trying_has_no_tag_and_echoes_the_timestamp()
    {
        var trying = SipResponse.For(MessageText.Request(Invite), 100);

        Assert.Null(trying.To.Tag);
        Assert.Equal("54", trying.Headers.GetFirst("Timestamp"));
        Assert.False(trying.Headers.Contains("Record-Route"));
    }

    [Fact]
    public void Tag_of_the_request_is_kept_and_a_refusal_has_no_record_route()
    {
        var request = MessageText.Request(Invite);
        request.To = request.To.WithTag("theirs");

        var response = SipResponse.For(request, 486, toTag: "ours");

        Assert.Equal("theirs", response.To.Tag);
        Assert.False(response.Headers.Contains("Record-Route"));
    }

    [Theory]
    [InlineData(183, true, false, false)]
    [InlineData(200, false, true, true)]
    [InlineData(299, false, true, true)]
    [InlineData(300, false, true, false)]
    [InlineData(699, false, true, false)]
    public void Classes_of_status_codes(int statusCode, bool isProvisional, bool isFinal, bool isSuccess)
    {
        var response = new SipResponse(statusCode);

        Assert.Equal((isProvisional, isFinal, isSuccess), (response.IsProvisional, response.IsFinal, response.IsSuccess));
        Assert.NotEmpty(response.ReasonPhrase);
    }

    [Fact]
    public void Building_nonsense_is_a_bug()
    {
        Assert.Throws<ArgumentException>(() => new SipResponse(99));
        Assert.Throws<ArgumentException>(() => new SipResponse(200, "OK\r\nVia: x"));
        Assert.Throws<ArgumentException>(() => new SipRequest("IN VITE", SipUri.Unreadable));
        Assert.Throws<InvalidOperationException>(() => new SipResponse(200).TopVia);
    }

    [Fact]
    public void Message_is_built_through_its_views_and_written()
    {
        Assert.True(SipUri.TryParse("sip:bob@192.0.2.4", out var bob));
        var bye = new SipRequest(SipMethods.Bye, bob)
        {
            TopVia = new Via { Transport = "UDP", Host = "192.0.2.1", Branch = "z9hG4bKx" },
            MaxForwards = 70,
            From = new NameAddress { Uri = bob }.WithTag("a"),
            To = new NameAddress { DisplayName = "Bob", Uri = bob }.WithTag("b"),
            CallId = "id@h",
            CSeq = new CSeq(2, SipMethods.Bye),
            ContentType = "text/plain",
            Body = "hi"u8.ToArray(),
        };
        bye.Headers.Add("Content-Length", "999");

        Assert.Equal(MessageText.Bytes("""
            BYE sip:bob@192.0.2.4 SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx
            Max-Forwards: 70
            From: <sip:bob@192.0.2.4>;tag=a
            To: "Bob" <sip:bob@192.0.2.4>;tag=b
            Call-ID: id@h
            CSeq: 2 BYE
            Content-Type: text/plain
            Content-Length: 2

            hi
            """), MessageText.Write(bye));
    }
}
