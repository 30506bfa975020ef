using System.Net;
using System.Net.Sockets;
using Telephony.Audio;
using Telephony.Codecs;
using Telephony.Rtp;
using Telephony.Sdp;
using Telephony.Sip.Messages;
using Telephony.Tests.Sip.UserAgents;

namespace Telephony.Tests.Calls;

/// <summary>What a caller hears before the answer: 183 with a session description, confirmed or not (goal A24).</summary>
public sealed class EarlyMediaTests : IDisposable
{
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_call_rings_with_183_and_the_description_that_its_200_repeats()
    {
        var phone = new Phone(_bench);
        phone.Invite();

        _bench.Call.Ring(new RingbackTone());
        var early = (SipResponse)_bench.LastSent();
        _bench.Answer();
        var answer = (SipResponse)_bench.LastSent();

        Assert.Equal((183, 200), (early.StatusCode, answer.StatusCode));
        Assert.False(early.Body.IsEmpty);
        Assert.True(early.Body.Span.SequenceEqual(answer.Body.Span));
    }

    [Fact]
    public void The_caller_hears_the_tone_before_the_answer_and_the_agent_after_it()
    {
        using var rtp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        rtp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        new Phone(_bench).Invite($"m=audio {((IPEndPoint)rtp.LocalEndPoint!).Port} RTP/AVP 0");

        _bench.Call.Ring(new LoopedAudio(new short[] { 8_000 }, 8_000));
        Assert.InRange(Heard(rtp), 7_500, 8_500);
        _bench.Call.Answer(DiscardingSink.Instance, new LoopedAudio(new short[] { -8_000 }, 8_000));
        Assert.InRange(Heard(rtp, until: pcm => pcm < -7_500), -8_500, -7_500);
    }

    [Fact]
    public void Without_an_offer_and_without_confirmation_there_is_only_180()
    {
        var phone = new Phone(_bench);
        phone.Invite("");

        _bench.Call.Ring(new RingbackTone());

        var ringing = (SipResponse)_bench.LastSent();
        Assert.Equal(180, ringing.StatusCode);
        Assert.True(ringing.Body.IsEmpty);
    }

    [Theory]
    [InlineData("Supported: 100rel\n", true, 183)]
    [InlineData("Require: 100rel\n", true, 183)]
    [InlineData("Require: 100rel\n", false, 180)]
    public void Without_an_offer_ours_goes_out_early_and_the_PRACK_answers_it(string header, bool hasMedia, int statusCode)
    {
        var phone = new Phone(_bench);
        _bench.Receive(phone.Script.Invite("", header));

        _bench.Call.Ring(hasMedia ? new RingbackTone() : null);
        var ringing = (SipResponse)_bench.LastSent();
        Assert.Equal(statusCode, ringing.StatusCode);
        Assert.True(SdpParser.TryParse(ringing.Body.Span, out _));

        phone.Look();
        _bench.Receive(Prack(phone.Script, ringing, Phone.Sdp(Phone.Offer)));
        Assert.Equal("200", phone.Look());
        _bench.Answer();
        var answer = (SipResponse)_bench.LastSent();
        Assert.Equal((200, true), (answer.StatusCode, answer.Body.IsEmpty));
        phone.Look();
        _bench.Receive(phone.Script.Ack(cseq: 1));
        Assert.Equal(["answered", "acknowledged"], _bench.Events.Told);
    }

    [Fact]
    public void A_PRACK_without_the_answer_to_our_offer_ends_the_call_with_488()
    {
        var phone = new Phone(_bench);
        _bench.Receive(phone.Script.Invite("", "Require: 100rel\n"));
        _bench.Call.Ring();
        var ringing = (SipResponse)_bench.LastSent();
        phone.Look();

        _bench.Receive(Prack(phone.Script, ringing, ""));

        Assert.Equal("200 488", phone.Look());
        Assert.Equal(["ended NotAcceptable"], _bench.Events.Told);
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void A_caller_may_put_us_on_hold_before_the_answer_and_is_told_of_then()
    {
        var phone = new Phone(_bench);
        _bench.Receive(phone.Script.Invite(Phone.Sdp(Phone.Offer), "Supported: 100rel\n"));
        _bench.Call.Ring(new RingbackTone());
        var ringing = (SipResponse)_bench.LastSent();
        phone.Look();

        _bench.Receive(Prack(phone.Script, ringing, Phone.Sdp(Phone.Offer + "|a=sendonly")));
        Assert.True(SdpParser.TryParse(((SipResponse)_bench.LastSent()).Body.Span, out var answer));
        Assert.Equal(MediaDirection.RecvOnly, answer.DirectionOf(answer.Media[0]));
        _bench.Answer();

        Assert.Equal(["answered", "held"], _bench.Events.Told);
    }

    [Fact]
    public void A_call_that_is_never_answered_gives_its_ports_back()
    {
        var phone = new Phone(_bench);
        phone.Invite();
        _bench.Call.Ring(new RingbackTone());

        phone.Cancel();

        Assert.Equal(["ended Cancelled"], _bench.Events.Told);
        Assert.True(_bench.AllPortsReturned());
    }

    [Fact]
    public void Hanging_up_while_the_200_waits_for_its_PRACK_ends_the_call_once()
    {
        var phone = new Phone(_bench);
        _bench.Receive(phone.Script.Invite(Phone.Sdp(Phone.Offer), "Supported: 100rel\n"));
        _bench.Call.Ring(new RingbackTone());
        _bench.Answer();

        _bench.Call.HangUp();

        Assert.Equal(480, ((SipResponse)_bench.LastSent()).StatusCode);
        Assert.Equal("ended AgentHungUp", _bench.Events.Told.Last());
        Assert.Equal((1, 0), (_bench.Events.Ends, _bench.OpenDialogs));
    }

    private static string Prack(PeerScript script, SipResponse ringing, string sdp)
    {
        script.Learn(ringing);
        return script.InDialog("PRACK", $"RAck: {ringing.Headers.GetFirst(HeaderNames.RSeq)} {ringing.CSeq}\n" + (sdp.Length > 0 ? "Content-Type: application/sdp\n" : ""), sdp);
    }

    /// <summary>The middle sample of the first packet that fits.</summary>
    private int Heard(Socket rtp, Func<int, bool>? until = null)
    {
        var datagram = new byte[1_500];
        for (var packets = 0; packets < 1_000; packets++)
        {
            _bench.Clock.Advance(TimeSpan.FromMilliseconds(20));
            if (!rtp.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                continue;   // the media thread has not seen the time yet
            var bytes = rtp.Receive(datagram);
            Assert.True(RtpPacket.TryParse(datagram.AsSpan(0, bytes), out var packet));
            var pcm = new short[packet.Payload.Length];
            new G711Decoder(G711Law.MuLaw).Decode(packet.Payload, pcm);
            if (packets > 2 && (until is null || until(pcm[80])))
                return pcm[80];
        }
        return 0;
    }
}
