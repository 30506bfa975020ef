using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>Digits by INFO to a caller whose device has no telephone-event (goal B22).</summary>
public sealed class InfoDigitsTests : IDisposable
{
    private const string Plain = "m=audio 4000 RTP/AVP 0";

    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Each_key_is_an_INFO_and_the_next_waits_for_its_answer_and_its_gap()
    {
        var phone = Connected("INVITE, ACK, BYE, INFO");
        Assert.True(_bench.Call.CanSendDigits);

        Assert.True(_bench.Call.TrySendDigits("1d", durationMs: 120, gapMs: 80));
        Assert.Equal("Signal=1\r\nDuration=120\r\n", Info().Body);
        Assert.Equal("application/dtmf-relay", Info().ContentType);
        phone.Look();
        phone.Respond(Info().Request);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(190));
        Assert.Equal("", phone.Look());
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal("Signal=D\r\nDuration=120\r\n", Info().Body);
        phone.Respond(Info().Request);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(210));

        Assert.Equal("sent 1d", _bench.Events.Told.Last());
    }

    [Fact]
    public void A_pause_is_a_pause_and_sequences_follow_each_other()
    {
        var phone = Connected("INVITE, ACK, BYE, INFO");
        _bench.Call.TrySendDigits(",5");
        _bench.Call.TrySendDigits("6");
        _bench.Clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal("", phone.Look());

        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        phone.Respond(Info().Request);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.3));
        Assert.Equal("Signal=6\r\nDuration=100\r\n", Info().Body);
        phone.Respond(Info().Request);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.3));

        Assert.Equal(["sent ,5", "sent 6"], _bench.Events.Told.TakeLast(2));
    }

    [Theory]
    [InlineData(415)]
    [InlineData(481)]
    public void A_refusal_ends_the_sequence_and_tells_what_is_left(int statusCode)
    {
        var phone = Connected("INVITE, ACK, BYE, INFO");
        _bench.Call.TrySendDigits("123");
        phone.Respond(Info().Request);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.3));
        phone.Respond(Info().Request, statusCode);

        Assert.Equal("sent 1 23", _bench.Events.Told.Last());
    }

    [Fact]
    public void Without_INFO_in_Allow_or_with_telephone_event_none_is_sent()
    {
        Connected("INVITE, ACK, BYE");
        Assert.False(_bench.Call.CanSendDigits);
        Assert.False(_bench.Call.TrySendDigits("1"));

        using var other = new CallBench();
        var phone = Phone.Connected(other);
        Assert.True(other.Call.TrySendDigits("1"));
        Assert.Equal("", phone.Look());
    }

    [Fact]
    public void Too_many_sequences_are_refused_and_the_end_of_the_call_ends_them()
    {
        var phone = Connected("INVITE, ACK, BYE, INFO");
        for (var i = 0; i < 8; i++)
            Assert.True(_bench.Call.TrySendDigits("1"));
        Assert.False(_bench.Call.TrySendDigits("1"));

        var pending = Info().Request;
        phone.Bye();
        phone.Respond(pending);
        _bench.Clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal("ended CallerHungUp", _bench.Events.Told.Last());
    }

    private (SipRequest Request, string? ContentType, string Body) Info()
    {
        var info = Assert.IsType<SipRequest>(_bench.LastSent());
        Assert.Equal(SipMethods.Info, info.Method);
        return (info, info.ContentType, Encoding.ASCII.GetString(info.Body.Span));
    }

    private Phone Connected(string allow)
    {
        var phone = new Phone(_bench);
        phone.Script.Extra = $"Allow: {allow}\n";
        phone.Invite(Plain);
        _bench.Answer();
        phone.Look();
        phone.Ack();
        return phone;
    }
}
