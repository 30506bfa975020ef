using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>A25: a blind transfer never strands a caller. Whatever is lost, refused or crosses it, its end is told once and in bounded time, and either the call goes on or both sides know that
/// it is over. What the agent does then is in the tests of <c>transfer_call</c>.</summary>
public sealed class A25TransferTests : IDisposable
{
    private const string Up = "answered, acknowledged, ";
    private const string Done = "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n";

    private readonly CallBench _bench = new();
    private readonly Phone _phone;
    private readonly SipRequest _refer;

    public A25TransferTests()
    {
        _phone = Phone.Connected(_bench);
        _bench.Call.Transfer("+49301234");
        Assert.Equal("REFER", _phone.Look());
        _refer = (SipRequest)_bench.LastSent();
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void NOTIFY_sequence_is_answered_one_by_one_and_its_last_one_settles_it()
    {
        _phone.Respond(_refer, 202);
        foreach (var report in new[] { "SIP/2.0 100 Trying", "SIP/2.0 180 Ringing", "SIP/2.0 183 Session Progress" })
            Assert.Equal("200", _phone.Notify(report));
        Assert.Equal("200 BYE", _phone.Notify("SIP/2.0 200 OK", Done));
        _phone.Respond();
        AssertEnd("transfer Accepted 200, ended Transferred");
    }

    [Fact]
    public void NOTIFY_that_is_lost_is_missed_for_a_bounded_time_only_and_the_caller_stays()
    {
        _phone.Respond(_refer, 202);
        _phone.Notify("SIP/2.0 100 Trying");
        _bench.Clock.Advance(TimeSpan.FromSeconds(60.1));
        AssertStays("transfer TimedOut 408");
    }

    [Fact]
    public void NOTIFY_that_is_lost_does_not_matter_when_the_device_hangs_up()
    {
        _phone.Respond(_refer, 202);
        Assert.Equal("200", _phone.Bye());
        AssertEnd("transfer Accepted 202, ended Transferred");
    }

    [Fact]
    public void Target_that_is_busy_leaves_the_caller_with_us()
    {
        _phone.Respond(_refer, 202);
        Assert.Equal("200", _phone.Notify("SIP/2.0 486 Busy Here", Done));
        AssertStays("transfer Failed 486");
    }

    [Fact]
    public void Target_that_never_answers_leaves_the_caller_with_us()
    {
        _phone.Respond(_refer, 202);
        _phone.Notify("SIP/2.0 180 Ringing");
        _bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("200", _phone.Notify("SIP/2.0 480 Temporarily Unavailable", Done));
        AssertStays("transfer Failed 480");
    }

    [Fact]
    public void BYE_that_crosses_the_REFER_is_an_ordinary_end()
    {
        Assert.Equal("200", _phone.Bye());
        _phone.Respond(_refer, 481);
        AssertEnd("ended CallerHungUp");
    }

    [Fact]
    public void BYE_of_ours_during_the_REFER_ends_both()
    {
        _bench.Call.HangUp();
        Assert.Equal("BYE", _phone.Look());
        var bye = (SipRequest)_bench.LastSent();
        _phone.Respond(_refer, 202);
        _phone.Respond(bye);
        AssertEnd("ended AgentHungUp");
    }

    [Theory, InlineData(405), InlineData(603), InlineData(403), InlineData(501)]
    public void REFER_that_is_refused_leaves_the_caller_with_us(int statusCode)
    {
        _phone.Respond(_refer, statusCode);
        AssertStays($"transfer Refused {statusCode}");
    }

    [Fact]
    public void REFER_of_the_caller_is_refused_calls_nobody_and_the_call_goes_on()
    {
        _phone.Respond(_refer, 603);
        Assert.Equal("405", _phone.Refer("<sip:+19005551234@198.51.100.7>"));
        Assert.DoesNotContain("REFER", _bench.LastSent().Headers.GetFirst(HeaderNames.Allow)!, StringComparison.Ordinal);
        AssertStays("transfer Refused 603");
    }

    /// <summary>The call goes on, and may be transferred again.</summary>
    private void AssertStays(string told)
    {
        Assert.Equal(Up + told, _bench.Events.ToString());
        _bench.Call.Transfer("201");
        Assert.Equal("REFER", _phone.Look());
        _phone.Respond(603);
        Assert.Equal("200", _phone.Bye());
        Assert.EndsWith("ended CallerHungUp", _bench.Events.ToString(), StringComparison.Ordinal);
        AssertNothingLeft();
    }

    private void AssertEnd(string told)
    {
        Assert.Equal(Up + told, _bench.Events.ToString());
        AssertNothingLeft();
    }

    private void AssertNothingLeft()
    {
        _bench.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal((0, 0, 0, 0), (_bench.OpenDialogs, _bench.Agent.DialogCount, _bench.Agent.TransactionCount, _bench.Agent.Ladders.Count));
        Assert.True(_bench.AllPortsReturned());
    }
}
