using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>What is refused before anybody looks at what it means (RFC 3261 section 8.2).</summary>
public sealed class RequestChecksTests
{
    [Theory]
    [InlineData("REGISTER", "405 Method Not Allowed")]
    [InlineData("REFER", "405 Method Not Allowed")]
    [InlineData("SUBSCRIBE", "405 Method Not Allowed")]
    [InlineData("FLY", "501 Not Implemented")]
    public void Method_we_do_not_serve_is_refused_with_allow(string method, string answer)
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().InDialog(method));

        Assert.Equal([answer], bench.TakeStartLines());
        Assert.Equal(Capabilities.Allow, bench.LastResponse().Headers.GetFirst(HeaderNames.Allow));
        Assert.NotNull(bench.LastResponse().To.Tag);
        Assert.Equal("VoiceAgent", bench.LastResponse().Headers.GetFirst(HeaderNames.Server));
    }

    [Theory]
    [InlineData("http://198.51.100.5/", "416 Unsupported URI Scheme")]
    [InlineData("sips:agent@198.51.100.5", "416 Unsupported URI Scheme")]
    public void Request_uri_of_another_scheme_is_416(string uri, string answer)
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript { RequestUri = uri }.Invite());

        Assert.Equal(["100 Trying", answer], bench.TakeStartLines());
        Assert.Empty(bench.Events);
    }

    [Fact]
    public void Telephone_number_as_request_uri_is_taken()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript { RequestUri = "tel:+4930123456" }.Invite());

        Assert.Equal(["invite"], bench.Events);
        Assert.Equal("+4930123456", bench.Call!.Request.RequestUri.User);
    }

    [Fact]
    public void Required_extension_is_420_and_named()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().Invite(headers: "Require: 100rel, precondition, resource-priority\n"));

        Assert.Equal(["100 Trying", "420 Bad Extension"], bench.TakeStartLines());
        Assert.Equal("precondition, resource-priority", bench.LastResponse().Headers.GetFirst(HeaderNames.Unsupported));
    }

    [Theory]
    [InlineData("Content-Type: application/isup\n", "415 Unsupported Media Type", "Accept")]
    [InlineData("Content-Type: application/sdp\nContent-Encoding: gzip\n", "415 Unsupported Media Type", "Accept-Encoding")]
    [InlineData("Content-Type: application/sdp\nAccept: text/plain\n", "406 Not Acceptable", "Accept")]
    public void Content_that_cannot_be_served_is_refused_with_what_can(string headers, string answer, string explained)
    {
        var bench = new SipBench();
        var peer = new PeerScript();

        bench.Receive(peer.Request("INVITE", "z9hG4bKcontent", 1, headers, "v=0\n"));

        Assert.Equal(["100 Trying", answer], bench.TakeStartLines());
        Assert.True(bench.LastResponse().Headers.Contains(explained));
    }

    [Theory]
    [InlineData("Content-Type: application/sdp\nAccept: text/plain, application/*;q=0.1\n", 4)]
    [InlineData("Content-Type: APPLICATION/SDP;charset=utf-8\n", 4)]
    [InlineData("", 4)]
    [InlineData("Content-Type: text/plain\nContent-Disposition: render;handling=optional\n", 0)]
    public void Content_that_can_be_served_is_taken(string headers, int offerBytes)
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().Request("INVITE", "z9hG4bKcontent", 1, headers, "v=0\n"));

        Assert.Equal(["invite"], bench.Events);
        Assert.Equal(offerBytes, bench.Call!.Offer.Length);
    }

    [Fact]
    public void Same_request_by_another_way_is_482()
    {
        var bench = new SipBench();
        var peer = new PeerScript();

        bench.Receive(peer.Invite());
        bench.Receive(peer.Invite());

        Assert.Equal(["100 Trying", "100 Trying", "482 Merged Request"], bench.TakeStartLines());
        Assert.Equal(["invite"], bench.Events);
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INFO")]
    [InlineData("OPTIONS")]
    [InlineData("INVITE")]
    public void Request_within_a_dialog_we_do_not_have_is_481(string method)
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript { ToTag = "gone" }.InDialog(method));

        Assert.Equal("481 Call/Transaction Does Not Exist", bench.TakeStartLines()[^1]);
    }

    [Fact]
    public void Bye_and_info_outside_a_dialog_are_481()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().InDialog("BYE"));
        bench.Receive(new PeerScript { FromTag = "other" }.InDialog("INFO"));

        Assert.All(bench.TakeStartLines(), line => Assert.StartsWith("481", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Malformed_request_is_answered_400_with_the_reason()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().Invite().Replace("CSeq: 1 INVITE", "CSeq: 1 BYE", StringComparison.Ordinal));

        Assert.Equal(["400 CSeq method differs from request"], bench.TakeStartLines());
        Assert.Equal(1, bench.Agent.Metrics.DroppedCount);
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(486, null)]
    [InlineData(503, "30")]
    public void Options_says_what_an_invite_would_get(int statusCode, string? retryAfter)
    {
        var bench = new SipBench { Options = (statusCode, retryAfter) };

        bench.Receive(new PeerScript().InDialog("OPTIONS"));

        var answer = bench.LastResponse();
        Assert.Equal(statusCode, answer.StatusCode);
        Assert.Equal(retryAfter, answer.Headers.GetFirst(HeaderNames.RetryAfter));
        Assert.Equal(Capabilities.Accept, answer.Headers.GetFirst(HeaderNames.Accept));
        Assert.True(answer.Headers.Contains(HeaderNames.Allow));
        Assert.True(answer.Headers.Contains(HeaderNames.Supported));
    }

    [Fact]
    public void Exhausted_hops_do_not_matter_at_the_end_point()
    {
        var bench = new SipBench();

        bench.Receive(new PeerScript().InDialog("OPTIONS").Replace("Max-Forwards: 70", "Max-Forwards: 0", StringComparison.Ordinal));

        Assert.Equal(["200 OK"], bench.TakeStartLines());
    }
}
