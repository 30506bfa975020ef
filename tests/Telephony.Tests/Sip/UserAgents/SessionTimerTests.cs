using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Goal A12: long calls live, dead ones end (session timers, RFC 4028), on virtual time.</summary>
public sealed class SessionTimerTests
{
    private const string Timer = "Supported: timer\n";
    private const string Update = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\n";

    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);

    /// <summary>Headers of the INVITE; what our 200 says; whether it requires the extension.</summary>
    public static TheoryData<string, string?, bool> Agreements => new()
    {
        { Timer + "Session-Expires: 1800;refresher=uac\n", "1800;refresher=uac", true },
        { Timer + "Session-Expires: 1800;refresher=uas\n", "1800;refresher=uas", false },
        { Timer + "x: 600\n", "600;refresher=uac", true },
        { Timer + "Session-Expires: 86400;refresher=uac\nMin-SE: 90\n", "1800;refresher=uac", true },
        { Timer + "Session-Expires: 7200;refresher=uas\nMin-SE: 3600\n", "3600;refresher=uas", false },
        { Timer, "1800;refresher=uac", true },
        { "", "1800;refresher=uas", false },
        { "Session-Expires: 600\n", "600;refresher=uas", false },
        { "Require: timer\nSession-Expires: 90\n", "90;refresher=uac", true },
        { Timer + "Session-Expires: soon\n", "1800;refresher=uac", true },
        { Timer + "Session-Expires: 99999999999\n", "1800;refresher=uac", true },
    };

    [Theory, MemberData(nameof(Agreements))]
    public void The_200_says_what_holds_and_who_refreshes(string headers, string? sessionExpires, bool isRequired)
    {
        var (_, answer) = Answer(headers);

        Assert.Equal(sessionExpires, answer.Headers.GetFirst(HeaderNames.SessionExpires));
        Assert.Equal(isRequired ? "timer" : null, answer.Headers.GetFirst(HeaderNames.Require));
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void An_interval_that_is_too_short_is_422_with_ours(string method)
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        var headers = Timer + "Session-Expires: 60;refresher=uac\n";
        if (method == "UPDATE")
            peer = bench.Answered();

        bench.Receive(method == "UPDATE" ? peer.InDialog("UPDATE", headers) : peer.Invite(headers: headers));

        Assert.Equal(422, bench.LastResponse().StatusCode);
        Assert.Equal("90", bench.LastResponse().Headers.GetFirst(HeaderNames.MinSe));
    }

    [Fact]
    public void We_refresh_at_half_by_UPDATE_where_the_caller_takes_it()
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 600;refresher=uas\n");

        bench.Advance(299.9);
        Assert.Empty(bench.TakeSent());
        bench.Advance(0.2);

        var refresh = bench.LastRequest();
        Assert.Equal(SipMethods.Update, refresh.Method);
        Assert.Equal("600;refresher=uac", refresh.Headers.GetFirst(HeaderNames.SessionExpires));
        Assert.True(refresh.Body.IsEmpty);
    }

    [Fact]
    public void We_refresh_by_re_INVITE_where_the_caller_does_not()
    {
        var (bench, _) = Confirmed(Timer + "Session-Expires: 600;refresher=uas\n");

        bench.Advance(300.1);

        Assert.Equal(SipMethods.Invite, bench.LastRequest().Method);
        Accept(bench, "Session-Expires: 600;refresher=uac\n");
        Assert.Equal(SipMethods.Ack, bench.LastRequest().Method);
        Assert.Equal([$"reoffered 200 {SipBench.Sdp.Length}"], bench.Events);
    }

    [Fact]
    public void A_refusal_of_UPDATE_as_a_method_turns_to_re_INVITE()
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 600;refresher=uas\n");
        bench.Advance(300.1);

        bench.Receive(PeerScript.Response(bench.LastRequest(), 405, ""));
        bench.Advance(0.1);

        Assert.Equal(SipMethods.Invite, bench.LastRequest().Method);
    }

    [Theory]
    [InlineData("Session-Expires: 600;refresher=uas\n", 600)]
    [InlineData("Session-Expires: 90;refresher=uas\n", 90)]
    [InlineData("Session-Expires: 600;refresher=uac\n", 600)]
    [InlineData("Session-Expires: 96;refresher=uac\n", 96)]
    public void Without_a_refresh_the_call_ends_a_little_before_it_expires(string expires, int seconds)
    {
        var (bench, _) = Confirmed(Timer + Update + expires);
        var end = seconds - Math.Min(32, seconds / 3.0);

        for (var second = 0.0; second < end - 0.2; second += 0.1)
        {
            bench.Advance(0.1);
            if (bench.Wire.Sent.Count > 0 && bench.LastSent() is SipRequest { Method: SipMethods.Update } refresh)
                bench.Receive(PeerScript.Response(refresh, 503, ""));
        }
        Assert.DoesNotContain("session lost", bench.Events);
        bench.Advance(0.4);

        Assert.Contains("session lost", bench.Events);
        Assert.Equal(SipMethods.Bye, bench.LastRequest().Method);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(481)]
    public void A_caller_that_does_not_know_the_call_any_more_gets_BYE(int statusCode)
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 600;refresher=uas\n");
        bench.Advance(300.1);

        bench.Receive(PeerScript.Response(bench.LastRequest(), statusCode, ""));

        Assert.Equal(SipMethods.Bye, bench.LastRequest().Method);
        bench.Receive(PeerScript.Response(bench.LastRequest(), 200, ""));
        Assert.Equal(["session lost", "bye completed"], bench.Events);
    }

    [Fact]
    public void A_refresh_that_nobody_answers_ends_the_call()
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 1800;refresher=uas\n");

        bench.Advance(900 + 33);

        Assert.Equal(["session lost"], bench.Events);
    }

    [Fact]
    public void A_422_is_handled_in_one_retry()
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 600;refresher=uas\n");
        bench.Advance(300.1);

        bench.Receive(PeerScript.Response(bench.LastRequest(), 422, "Min-SE: 1200\n"));
        bench.Advance(0.01);

        Assert.Equal("1200;refresher=uac", bench.LastRequest().Headers.GetFirst(HeaderNames.SessionExpires));
        Assert.Equal("1200", bench.LastRequest().Headers.GetFirst(HeaderNames.MinSe));
        Accept(bench, "Session-Expires: 1200;refresher=uac\n");
        bench.TakeSent();
        bench.Advance(599.9);
        Assert.Empty(bench.TakeSent());
        bench.Advance(0.3);
        Assert.Equal(["UPDATE sip:caller@192.0.2.10:5070"], bench.TakeStartLines());
    }

    [Fact]
    public void The_refresher_may_change_with_a_refresh()
    {
        var (bench, _) = Confirmed(Timer + Update + "Session-Expires: 600;refresher=uas\n");
        bench.Advance(300.1);
        Accept(bench, "Session-Expires: 600;refresher=uas\n");   // now the caller
        bench.TakeSent();

        bench.Advance(500);

        Assert.Empty(bench.TakeSent());
        bench.Advance(70);
        Assert.Equal(["BYE sip:caller@192.0.2.10:5070"], bench.TakeStartLines().Distinct());
    }

    [Theory]
    [InlineData("UPDATE")]
    [InlineData("INVITE")]
    public void The_callers_refresh_starts_the_time_anew(string method)
    {
        var (bench, peer) = Confirmed(Timer + "Session-Expires: 600;refresher=uac\n");
        for (var i = 0; i < 10; i++)
        {
            bench.Advance(300);
            var headers = Timer + "Session-Expires: 600;refresher=uac\n";
            bench.Receive(method == "UPDATE" ? peer.InDialog("UPDATE", headers) : peer.Reinvite(headers: headers));
            bench.Reinvite?.Accept(Sdp);
            Assert.Equal("600;refresher=uac", bench.LastResponse().Headers.GetFirst(HeaderNames.SessionExpires));
            if (method == "INVITE")
                bench.Receive(peer.Ack());
        }
        bench.TakeSent();
        bench.Advance(567);
        Assert.Empty(bench.TakeSent());
        bench.Advance(2);
        Assert.Contains("session lost", bench.Events);
    }

    [Fact]
    public void A_caller_without_the_extension_is_asked_but_silence_alone_does_not_end_its_call()
    {
        var (bench, _) = Confirmed("");
        bench.Advance(900.1);
        Assert.Equal(SipMethods.Invite, bench.LastRequest().Method);

        bench.Receive(PeerScript.Response(bench.LastRequest(), 488, ""));
        bench.TakeSent();
        bench.Advance(899);

        Assert.DoesNotContain("session lost", bench.Events);
        Assert.DoesNotContain(bench.TakeStartLines(), line => line.StartsWith("BYE", StringComparison.Ordinal));
        bench.Advance(2);
        Assert.Contains(bench.TakeStartLines(), line => line.StartsWith("INVITE", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_an_interval_of_ours_only_the_caller_can_ask()
    {
        var (bench, _) = Confirmed("", options => options with { SessionTimer = new SessionTimerOptions { Expires = TimeSpan.Zero } });
        bench.TakeSent();
        bench.Advance(100_000);
        Assert.Empty(bench.TakeSent());

        var (asked, answer) = Answer(Timer + "Session-Expires: 7200;refresher=uac\n", options => options with { SessionTimer = new SessionTimerOptions { Expires = TimeSpan.Zero } });
        Assert.Equal("7200;refresher=uac", answer.Headers.GetFirst(HeaderNames.SessionExpires));
        Assert.NotNull(asked);
    }

    [Theory]
    [InlineData("Session-Expires: 1800;refresher=uas\n")]
    [InlineData("Session-Expires: 1800;refresher=uac\n")]
    public void A_call_of_a_day_is_not_dropped(string expires)
    {
        var (bench, peer) = Confirmed(Timer + Update + expires);
        for (var hour = 0.0; hour < 24; hour += 0.25)
        {
            bench.Advance(900.5);
            if (expires.Contains("uac", StringComparison.Ordinal))
                bench.Receive(peer.InDialog("UPDATE", Timer + "Session-Expires: 1800;refresher=uac\n"));
            else
                Accept(bench, "Session-Expires: 1800;refresher=uac\n");
        }
        Assert.Empty(bench.Events);
        Assert.Equal(1, bench.Agent.DialogCount);
        bench.Receive(peer.Bye());
        bench.Advance(10_000);
        Assert.Equal(0, bench.Clock.ActiveTimers);
    }

    private static (SipBench Bench, SipResponse Answer) Answer(string headers, Func<UserAgentOptions, UserAgentOptions>? configure = null)
    {
        var bench = new SipBench(configure: configure);
        bench.Receive(new PeerScript().Invite(headers: headers));
        bench.Call!.Accept(Sdp);
        return (bench, bench.LastResponse());
    }

    private static (SipBench Bench, PeerScript Peer) Confirmed(string headers, Func<UserAgentOptions, UserAgentOptions>? configure = null)
    {
        var bench = new SipBench(configure: configure);
        var peer = new PeerScript();
        bench.Receive(peer.Invite(headers: headers));
        bench.Call!.Accept(Sdp);
        peer.Learn(bench.LastResponse());
        bench.Receive(peer.Ack());
        bench.TakeSent();
        bench.Events.Clear();
        return (bench, peer);
    }

    private static void Accept(SipBench bench, string headers)
    {
        var request = bench.LastRequest();
        bench.Receive(PeerScript.Response(request, 200, "Contact: <sip:caller@192.0.2.10:5070>\nRequire: timer\n" + headers, request.Method == SipMethods.Invite ? SipBench.Sdp : ""));
    }
}
