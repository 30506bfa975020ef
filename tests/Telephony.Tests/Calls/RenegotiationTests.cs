
namespace Telephony.Tests.Calls;

public sealed class RenegotiationTests : IDisposable
{
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("m=audio 4000 RTP/AVP 0|a=sendonly", "a=recvonly")]
    [InlineData("m=audio 4000 RTP/AVP 0|a=inactive", "a=inactive")]
    [InlineData("a=sendonly|m=audio 4000 RTP/AVP 0", "a=recvonly")]
    [InlineData("m=audio 4000 RTP/AVP 0|c=IN IP4 0.0.0.0", "a=recvonly")]
    [InlineData("m=audio 4000 RTP/AVP 0|c=IN IP4 0.0.0.0|a=inactive", "a=inactive")]
    public void Hold_of_every_form_is_told_once_and_taken_back(string hold, string answer)
    {
        var phone = Phone.Connected(_bench);
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("200", phone.Reinvite(hold));
            Assert.Contains(answer, phone.HeardLines);
            phone.Ack();
        }
        Assert.Equal("200", phone.Reinvite());
        Assert.Contains("a=sendrecv", phone.HeardLines);
        phone.Ack();
        Assert.Equal("answered, acknowledged, held, resumed", _bench.Events.ToString());
    }

    [Fact]
    public void A_caller_that_only_listens_is_not_on_hold()
    {
        var phone = Phone.Connected(_bench);
        phone.Reinvite("m=audio 4000 RTP/AVP 0|a=recvonly");
        Assert.Contains("a=sendonly", phone.HeardLines);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void A_call_that_begins_on_hold_says_so_after_the_answer()
    {
        Phone.Connected(_bench, "m=audio 4000 RTP/AVP 0|a=inactive");
        Assert.Equal("answered, held, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void Codec_and_port_can_change_and_the_version_counts_the_changes()
    {
        var phone = Phone.Connected(_bench);
        Assert.Equal("200", phone.Reinvite());   // a refresh changes nothing
        Assert.Equal(1UL, phone.Heard!.Origin.Version);
        phone.Ack();
        Assert.Equal("200", phone.Reinvite("m=audio 4444 RTP/AVP 8"));
        Assert.Equal(["m=audio PORT RTP/AVP 8", "a=rtpmap:8 PCMA/8000"], phone.HeardLines[..2]);
        Assert.Equal(2UL, phone.Heard.Origin.Version);
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/SAVP 0", "488")]
    [InlineData("m=audio 0 RTP/AVP 0", "488")]
    [InlineData("m=audio 4000 RTP/AVP 18", "488")]
    [InlineData("m=audio", "400")]
    public void A_change_that_cannot_be_made_leaves_the_call_as_it_was(string lines, string answer)
    {
        var phone = Phone.Connected(_bench);
        Assert.Equal(answer, phone.Reinvite(lines));
        if (answer == "488")
            Assert.StartsWith(lines.Contains("SAVP", StringComparison.Ordinal) ? "303 " : lines.Contains(" 0 RTP", StringComparison.Ordinal) ? "304 " : "305 ", _bench.LastSent().Headers.GetFirst("Warning"), StringComparison.Ordinal);
        Assert.Equal("200", phone.Reinvite());
        Assert.Equal(1UL, phone.Heard!.Origin.Version);
        phone.Ack();
        Assert.Equal("200", phone.Bye());
        Assert.Equal("answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
    }

    [Fact]
    public void Our_offer_that_could_not_be_sent_stands_in_nobodys_way()
    {
        var phone = Phone.Connected(_bench);
        _bench.Wire.IsBroken = true;
        phone.Reinvite("");
        _bench.Wire.IsBroken = false;
        phone.Look();

        Assert.Equal("200", phone.Reinvite("m=audio 4444 RTP/AVP 8"));
        phone.Ack();
        _bench.Call.Hold();
        Assert.Equal("INVITE", phone.Look());
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void An_INVITE_without_an_offer_gets_ours_and_the_ACK_brings_the_answer()
    {
        var phone = new Phone(_bench);
        phone.Invite("");
        _bench.Answer();
        Assert.Equal("200", phone.Look());
        Assert.Matches("^m=audio PORT RTP/AVP (96 )?9 0 8 101( 102)?$", phone.HeardLines[0]);   // Opus where there is libopus
        Assert.Equal("", phone.Ack("m=audio 4000 RTP/AVP 8|a=sendonly"));
        Assert.Equal("answered, held, acknowledged", _bench.Events.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("m=audio 4000 RTP/AVP 18")]
    [InlineData("m=audio 0 RTP/AVP 0")]
    [InlineData("m=audio 4000 RTP/AVP 0|m=video 4002 RTP/AVP 31")]
    public void An_ACK_without_a_fitting_answer_ends_the_call(string answer)
    {
        var phone = new Phone(_bench);
        phone.Invite("");
        _bench.Answer();
        phone.Look();
        Assert.Equal("BYE", phone.Ack(answer));
        Assert.StartsWith("SIP;cause=488", _bench.LastSent().Headers.GetFirst("Reason"), StringComparison.Ordinal);
        Assert.Equal("answered, ended NotAcceptable", _bench.Events.ToString());
        phone.Respond();
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void A_reINVITE_without_an_offer_gets_a_full_one_even_on_hold()
    {
        var phone = Phone.Connected(_bench);
        phone.Reinvite("m=audio 4000 RTP/AVP 0|a=sendonly");
        phone.Ack();
        Assert.Equal("200", phone.Reinvite(""));
        Assert.Matches("^m=audio PORT RTP/AVP (96 )?9 0 8 101( 102)?$", phone.HeardLines[0]);   // Opus where there is libopus
        Assert.Contains("a=sendrecv", phone.HeardLines);
        Assert.Equal("", phone.Ack("m=audio 4000 RTP/AVP 8"));
        Assert.Equal("answered, acknowledged, held, resumed", _bench.Events.ToString());
    }

    [Fact]
    public void An_answer_to_our_later_offer_that_does_not_fit_changes_nothing()
    {
        var phone = Phone.Connected(_bench);
        phone.Reinvite("");
        Assert.Equal("", phone.Ack("m=audio 4000 RTP/AVP 18"));
        Assert.Equal("200", phone.Reinvite());
        phone.Ack();
        Assert.Equal("200", phone.Bye());
        Assert.Equal("answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=7\nDuration=160\n", "200", "7 160 Info")]
    [InlineData("application/dtmf", "#", "200", "# 0 Info")]
    [InlineData("application/dtmf-relay", "Signal=11\n", "200", "# 0 Info")]
    [InlineData("application/dtmf-relay", "Signal=16\n", "200", null)]
    [InlineData("application/dtmf-relay", "Signal=x\n", "400", null)]
    [InlineData("application/media_control+xml", "<x/>", "415", null)]
    [InlineData("", "", "200", null)]
    public void INFO_brings_digits(string contentType, string body, string answer, string? told)
    {
        var phone = Phone.Connected(_bench);
        Assert.Equal(answer, phone.Info(contentType, body));
        Assert.Equal(told is null ? "answered, acknowledged" : "answered, acknowledged, " + told, _bench.Events.ToString());
        Assert.Equal("INFO", _bench.LastSent().CSeq.Method);
    }
}
