namespace Telephony.Tests.Calls;

/// <summary>A30: an INVITE of ours that reaches several devices; exactly one call is kept, and every other answer gets ACK and BYE at once.</summary>
public sealed class ForkingTests : IDisposable
{
    private readonly CallBench _bench = new(Callee.Options);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void First_of_several_answers_is_kept_the_others_get_ACK_and_BYE_at_once()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180, "a");
        callee.Respond(180, "b");
        callee.Respond(180, "c");
        Assert.Equal(3, _bench.Agent.DialogCount);

        Assert.Equal("ACK", callee.Respond(200, "b", Callee.Answer));
        Assert.Equal(1, _bench.Agent.DialogCount);
        Assert.Equal("ACK BYE", callee.Respond(200, "a", Callee.Answer));   // no time has passed: within 100 ms
        Assert.Equal("a", callee.Last("BYE").To.Tag);
        Assert.Equal("sip:a@192.0.2.10:5070", callee.Last("BYE").RequestUri.ToString());
        Assert.Equal("ACK", callee.Respond(200, "a", Callee.Answer));       // its repetition: the BYE is under way
        callee.RespondTo("BYE");
        Assert.Equal("ACK BYE", callee.Respond(200, "c", Callee.Answer));
        callee.RespondTo("BYE");
        Assert.Equal("ACK", callee.Respond(200, "c", Callee.Answer));

        Assert.Equal("ringing, answered, acknowledged", _bench.Events.ToString());
        Assert.Equal(1, _bench.Agent.DialogCount);
        Assert.Equal("200", callee.Request("BYE", "b"));
        Assert.Equal("ringing, answered, acknowledged, ended CallerHungUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Early_media_of_a_loser_is_not_the_winners()
    {
        var callee = Callee.Dialled(_bench);
        _bench.Call.Answer(new Silence(), new Silence());
        callee.Respond(183, "a", "m=audio 4002 RTP/AVP 8");
        Assert.Equal("ACK BYE", callee.Respond(200, "b"));   // b gave no description at all
        Assert.Equal("ringing, ended NotAcceptable", _bench.Events.ToString());
    }

    [Fact]
    public void Answers_of_more_devices_than_rang_are_ended_too()
    {
        var callee = Callee.Dialled(_bench);
        for (var i = 0; i < 40; i++)
            callee.Respond(180, $"early{i}");
        Assert.Equal(16, _bench.Agent.DialogCount);   // bounded

        Assert.Equal("ACK", callee.Respond(200, "winner", Callee.Answer));
        for (var i = 0; i < 20; i++)
            Assert.Equal("ACK BYE", callee.Respond(200, $"late{i}", Callee.Answer));
    }

    [Fact]
    public void Refusal_after_several_devices_rang_ends_all_of_them()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180, "a");
        callee.Respond(183, "b", Callee.Answer);
        Assert.Equal("ACK", callee.Respond(486, "a"));
        Assert.Equal("ringing, ended Busy", _bench.Events.ToString());
        Assert.Equal(0, _bench.Agent.DialogCount);
    }

    [Fact]
    public void Answer_that_crosses_our_CANCEL_gets_ACK_and_BYE()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        _bench.Call.HangUp();
        Assert.Equal("CANCEL", callee.Look());
        Assert.Equal("ringing, ended GivenUp", _bench.Events.ToString());

        Assert.Equal("ACK BYE", callee.Respond(200, sdp: Callee.Answer));
        Assert.Equal("", callee.RespondTo("CANCEL", 481));
        Assert.Equal(1, _bench.OpenDialogs);
        callee.RespondTo("BYE");
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.DialogCount);
        Assert.Equal("ringing, ended GivenUp", _bench.Events.ToString());
    }
}
