namespace Telephony.Tests.Calls;

/// <summary>A14, client side: what RFC 5407 shows, and worse, in calls that we make. Each ends in one known state.</summary>
public sealed class OutboundRaceTests : IDisposable
{
    private readonly CallBench _bench = new(Callee.Options);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void CANCEL_waits_for_a_provisional_response()
    {
        var callee = Callee.Dialled(_bench);
        _bench.Call.HangUp();
        Assert.Equal("", callee.Look());
        Assert.Equal("CANCEL", callee.Respond(100));
        callee.RespondTo("CANCEL");
        Assert.Equal("ACK", callee.Respond(487));
        Assert.Equal("ended GivenUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Answer_before_any_provisional_meets_a_call_that_was_given_up()
    {
        var callee = Callee.Dialled(_bench);
        _bench.Call.HangUp();
        Assert.Equal("ACK BYE", callee.Respond(200, sdp: Callee.Answer));
        callee.RespondTo("BYE");
        Assert.Equal("ended GivenUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void CANCEL_without_any_final_response_is_forgotten_after_64_T1()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        _bench.Call.HangUp();
        callee.RespondTo("CANCEL");
        _bench.Clock.Advance(TimeSpan.FromSeconds(31.9));
        Assert.Equal(1, _bench.OpenDialogs);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.TransactionCount);
    }

    [Fact]
    public void CANCEL_is_repeated_until_it_is_answered_and_sent_once()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        _bench.Call.HangUp();
        _bench.Call.HangUp();
        Assert.Equal("CANCEL", callee.Look());
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.6));
        Assert.Equal("CANCEL", callee.Look());
        callee.RespondTo("CANCEL");
        Assert.Equal("", callee.Respond(180, "second"));   // not once more
        _bench.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("", callee.Look());
    }

    [Fact]
    public void BYE_before_the_200_arrives_ends_the_call_and_the_late_200_too()
    {
        // RFC 5407 section 3.1.4's mirror: the callee's 200 is lost or late, its BYE is first.
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        Assert.Equal("200 CANCEL", callee.Request("BYE"));
        Assert.Equal("ringing, ended NoAnswer", _bench.Events.ToString());
        Assert.Equal("ACK BYE", callee.Respond(200, sdp: Callee.Answer));
        callee.RespondTo("BYE", 481);
        Assert.Equal(0, _bench.OpenDialogs);
        Assert.Equal(0, _bench.Agent.DialogCount);
    }

    [Fact]
    public void Provisional_after_the_answer_is_nothing()
    {
        var callee = Callee.Connected(_bench);
        Assert.Equal("", callee.Respond(180));
        Assert.Equal("", callee.Respond(183, "other", Callee.Answer));
        Assert.Equal(1, _bench.Agent.DialogCount);
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void BYEs_that_cross_are_both_answered()
    {
        var callee = Callee.Connected(_bench);
        _bench.Call.HangUp();
        Assert.Equal("BYE", callee.Look());
        Assert.Equal("200", callee.Request("BYE"));
        callee.RespondTo("BYE", 481);
        Assert.Equal("answered, acknowledged, ended AgentHungUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void ReINVITE_that_comes_before_the_callee_has_our_ACK_is_served()
    {
        // RFC 5407 section 3.1.5: our ACK is lost; the callee asks at once.
        var callee = Callee.Connected(_bench);
        Assert.Equal("100 200", callee.Request("INVITE", headers: "Content-Type: application/sdp\n", body: Phone.Sdp(Callee.Answer)));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));   // its 200 again
        Assert.Equal("", callee.Request("ACK"));
        Assert.Equal("answered, acknowledged", _bench.Events.ToString());
    }

    [Fact]
    public void ReINVITE_in_an_early_dialog_has_to_wait()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        Assert.Equal("100 500", callee.Request("INVITE", headers: "Content-Type: application/sdp\n", body: Phone.Sdp(Callee.Answer)));
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
    }

    [Fact]
    public void Refusal_that_crosses_our_CANCEL_keeps_the_call_given_up()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        _bench.Call.HangUp();
        callee.Look();
        Assert.Equal("ACK", callee.Respond(486));
        callee.RespondTo("CANCEL");
        Assert.Equal("ringing, ended GivenUp", _bench.Events.ToString());
        Assert.Equal(0, _bench.OpenDialogs);
    }

    [Fact]
    public void Hang_up_while_the_answer_is_on_its_way_sends_no_CANCEL_after_it()
    {
        var callee = Callee.Dialled(_bench);
        callee.Respond(180);
        Assert.Equal("ACK", callee.Respond(200, sdp: Callee.Answer));
        _bench.Call.HangUp();
        Assert.Equal("BYE", callee.Look());
    }

    [Fact]
    public void Random_interleavings_of_a_call_of_ours_end_in_nothing_left()
    {
        var random = new Random(5407);
        for (var run = 0; run < 100; run++)
        {
            var callee = Callee.Dialled(_bench, ringSeconds: 20);
            List<string> steps = [];
            for (var step = 0; step < 8; step++)
                steps.Add(Step(callee, random));
            _bench.Call.HangUp();
            _bench.Clock.Advance(TimeSpan.FromSeconds(200));
            callee.Look();
            Assert.Equal(1, _bench.Events.Ends);
            Assert.True(_bench.OpenDialogs == 0 && _bench.Agent.DialogCount == 0 && _bench.Agent.TransactionCount == 0, $"run {run}: {_bench.OpenDialogs} calls, {_bench.Agent.DialogCount} dialogs, {_bench.Agent.TransactionCount} transactions after {string.Join(", ", steps)}");
        }
        Assert.Equal(0, _bench.Metrics.Active);
    }

    private string Step(Callee callee, Random random)
    {
        var tag = random.Next(3) switch { 0 => "a", 1 => "b", _ => "c" };
        switch (random.Next(9))
        {
            case 0: return "100 > " + callee.Respond(100);
            case 1: return $"180 {tag} > " + callee.Respond(180, tag);
            case 2: return $"183 {tag} > " + callee.Respond(183, tag, Callee.Answer, $"Require: 100rel\nRSeq: {random.Next(1, 4)}\n");
            case 3: return $"200 {tag} > " + callee.Respond(200, tag, random.Next(2) == 0 ? Callee.Answer : "");
            case 4: return $"refusal {tag} > " + callee.Respond(random.Next(2) == 0 ? 486 : 503, tag);
            case 5: return $"BYE {tag} > " + callee.Request("BYE", tag, random.Next(1, 50));
            case 6:
                _bench.Call.HangUp();
                return "hang up > " + callee.Look();
            case 7:
                _bench.Call.Answer(new Silence(), new Silence());
                return "answer > " + callee.Look();
            default:
                var wait = random.Next(12);
                _bench.Clock.Advance(TimeSpan.FromSeconds(wait));
                return $"{wait} s > " + callee.Look();
        }
    }
}
