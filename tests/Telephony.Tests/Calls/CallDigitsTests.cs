namespace Telephony.Tests.Calls;

/// <summary>Whether and when a call takes digits for the caller's device.</summary>
public sealed class CallDigitsTests : IDisposable
{
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Digits_are_for_answered_calls_with_telephone_events()
    {
        var phone = new Phone(_bench);
        phone.Invite();
        Assert.True(_bench.Call.CanSendDigits);
        Assert.False(_bench.Call.TrySendDigits("1"));   // not answered yet
        _bench.Answer();
        phone.Look();
        phone.Ack();
        Assert.True(_bench.Call.TrySendDigits("12#", 200, 80));
        Assert.Throws<ArgumentException>(() => _bench.Call.TrySendDigits("1+1"));
        phone.Bye();
        Assert.False(_bench.Call.TrySendDigits("1"));
    }

    [Fact]
    public void A_caller_without_telephone_events_gets_none()
    {
        Phone.Connected(_bench, "m=audio 4000 RTP/AVP 0");
        Assert.False(_bench.Call.CanSendDigits);
        Assert.False(_bench.Call.TrySendDigits("1"));
    }

    [Fact]
    public void A_late_offer_is_answered_with_or_without_telephone_events()
    {
        var phone = new Phone(_bench);
        phone.Invite("");
        _bench.Answer();
        phone.Look();
        Assert.False(_bench.Call.CanSendDigits);
        phone.Ack("m=audio 4000 RTP/AVP 0 97|a=rtpmap:97 telephone-event/8000");
        Assert.True(_bench.Call.CanSendDigits);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Allow: INVITE, ACK, BYE\nAllow: REFER\n", true)]
    [InlineData("Allow: INVITE, ACK, BYE\n", false)]
    public void A_device_that_says_what_it_knows_is_believed_about_REFER(string headers, bool canTransfer)
    {
        var phone = new Phone(_bench);
        _bench.Receive(phone.Script.Invite(Phone.Sdp(Phone.Offer), headers));
        Assert.Equal(canTransfer, _bench.Call.CanTransfer);
    }
}
