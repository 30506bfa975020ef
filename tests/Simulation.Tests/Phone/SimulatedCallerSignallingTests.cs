using Simulation.Phone;
using Support;

namespace Simulation.Tests.Phone;

public sealed class SimulatedCallerSignallingTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    public static TheoryData<string, string> Wires => new() { { "udp", "127.0.0.1" }, { "tcp", "127.0.0.1" }, { "udp", "::1" }, { "tcp", "::1" } };

    [Theory, MemberData(nameof(Wires))]
    public async Task Call_is_answered_acknowledged_and_hung_up_by_the_caller(string transport, string address)
    {
        using var answerer = new RawAnswerer(transport, address);
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri });
        await answerer.AnswerAsync();
        await using var caller = await calling;
        Assert.Equal(CallerState.Talking, caller.State);

        var hangingUp = caller.HangUpAsync();
        var bye = await answerer.ReceiveAsync($"BYE sip:agent@{answerer.HostPort}");
        Assert.Contains(";tag=raw1", RawAnswerer.Header(bye, "To"), StringComparison.Ordinal);
        await answerer.ReplyAsync(bye, "200 OK");

        var end = await hangingUp;
        Assert.Equal((EndedBy.Caller, 200), (end!.By, end.StatusCode));
        Assert.Equal(
            [CallEventKind.Dialled, CallEventKind.Ringing, CallEventKind.Answered, CallEventKind.Ended],
            caller.Timeline.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task Offer_lists_the_codecs_in_the_order_asked_for_and_extra_headers_go_out()
    {
        using var answerer = new RawAnswerer();
        var options = new CallerOptions
        {
            TargetUri = answerer.Uri,
            Codecs = [Telephony.Codecs.CodecCatalog.Pcma, Telephony.Codecs.CodecCatalog.Pcmu],
            CallerNumber = "4930123",
            ExtraHeaders = [new("X-Account", "42")],
        };
        await using var caller = await SimulatedCaller.DialAsync(options);
        var invite = await answerer.ReceiveAsync("INVITE ");
        Assert.Contains("RTP/AVP 8 0 101\r\n", invite, StringComparison.Ordinal);
        Assert.Equal("42", RawAnswerer.Header(invite, "X-Account"));
        Assert.Contains("<sip:4930123@127.0.0.1>", RawAnswerer.Header(invite, "From"), StringComparison.Ordinal);
        await answerer.ReplyAsync(invite, "486 Busy Here");
        await answerer.ReceiveAsync("ACK ");
        var end = await caller.WaitForEndAsync(Soon);
        Assert.Equal((EndedBy.Refused, 486, "Busy Here"), (end!.By, end.StatusCode, end.Reason));
    }

    [Theory, InlineData("401 Unauthorized"), InlineData("407 Proxy Authentication Required")]
    public async Task Challenge_ends_the_call_with_its_code_and_is_acknowledged_on_the_same_branch(string status)
    {
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.ReceiveAsync("INVITE ");
        await answerer.ReplyAsync(invite, status);
        var ack = await answerer.ReceiveAsync("ACK ");
        Assert.Equal(RawAnswerer.Header(invite, "Via"), RawAnswerer.Header(ack, "Via"));
        var end = await caller.WaitForEndAsync(Soon);
        Assert.Equal(int.Parse(status[..3]), end!.StatusCode);
    }

    [Fact]
    public async Task Invite_is_repeated_until_any_answer_comes()
    {
        var time = new ManualTimeProvider();
        var ringing = new TaskCompletionSource();
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions
        {
            TargetUri = answerer.Uri,
            TimeProvider = time,
            OnEvent = e => _ = e.Kind == CallEventKind.Ringing && ringing.TrySetResult(),
        });
        var first = await answerer.ReceiveAsync("INVITE ");
        foreach (var wait in new[] { 500, 1000, 2000 })
        {
            time.Advance(TimeSpan.FromMilliseconds(wait));
            Assert.Equal(first, await answerer.ReceiveAsync("INVITE "));
        }
        await answerer.ReplyAsync(first, "180 Ringing");
        await ringing.Task.WaitAsync(Soon);
        time.Advance(TimeSpan.FromSeconds(40));
        await answerer.ReplyAsync(first, "486 Busy Here");
        await answerer.ReceiveAsync("ACK ");
    }

    [Fact]
    public async Task Silent_far_side_ends_the_call_after_64_times_T1()
    {
        var time = new ManualTimeProvider();
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri, TimeProvider = time });
        for (var i = 0; i < 7; i++)
        {
            await answerer.ReceiveAsync("INVITE ");
            time.Advance(TimeSpan.FromMilliseconds(500 << i));
        }
        var end = await caller.WaitForEndAsync(Soon);
        Assert.Equal((EndedBy.NoAnswer, 0), (end!.By, end.StatusCode));
    }

    [Fact]
    public async Task Ack_is_repeated_for_each_repeated_200()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.ReceiveAsync("INVITE ");
        await answerer.ReplyAsync(invite, "200 OK", answerer.Sdp);
        var ack = await answerer.ReceiveAsync("ACK ");
        await answerer.ReplyAsync(invite, "200 OK", answerer.Sdp);
        Assert.Equal(ack, await answerer.ReceiveAsync("ACK "));
        await HangUpAsync(caller, answerer);
    }

    [Fact]
    public async Task Cancel_waits_for_the_first_provisional_answer()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.ReceiveAsync("INVITE ");
        var hangingUp = caller.HangUpAsync();
        await answerer.ReplyAsync(invite, "100 Trying");
        var cancel = await answerer.ReceiveAsync("CANCEL ");
        Assert.Equal(RawAnswerer.Header(invite, "Via"), RawAnswerer.Header(cancel, "Via"));
        Assert.Equal("1 CANCEL", RawAnswerer.Header(cancel, "CSeq"));
        await answerer.ReplyAsync(cancel, "200 OK");
        await answerer.ReplyAsync(invite, "487 Request Terminated");
        await answerer.ReceiveAsync("ACK ");
        var end = await hangingUp;
        Assert.Equal((EndedBy.Cancelled, 487), (end!.By, end.StatusCode));
    }

    [Fact]
    public async Task Answer_that_crosses_the_cancel_is_acknowledged_and_hung_up()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.ReceiveAsync("INVITE ");
        await answerer.ReplyAsync(invite, "180 Ringing");
        var hangingUp = caller.HangUpAsync();
        await answerer.ReceiveAsync("CANCEL ");
        await answerer.ReplyAsync(invite, "200 OK", answerer.Sdp);
        await answerer.ReceiveAsync("ACK ");
        await answerer.ReplyAsync(await answerer.ReceiveAsync("BYE "), "200 OK");
        Assert.Equal(EndedBy.Cancelled, (await hangingUp)!.By);
    }

    [Fact]
    public async Task Late_offer_is_answered_in_the_ack()
    {
        using var answerer = new RawAnswerer();
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri, LateOffer = true });
        var invite = await answerer.ReceiveAsync("INVITE ");
        Assert.Equal("", RawAnswerer.Body(invite));
        await answerer.ReplyAsync(invite, "200 OK", answerer.Media(types: "8 0 101"));
        var ack = await answerer.ReceiveAsync("ACK ");
        Assert.Contains("RTP/AVP 8 101\r\n", RawAnswerer.Body(ack), StringComparison.Ordinal);
        await using var caller = await calling;
        Assert.True(caller.WasAnswered);
        await HangUpAsync(caller, answerer);
    }

    [Fact]
    public async Task Requests_take_the_route_set_reversed_and_the_remote_target()
    {
        using var answerer = new RawAnswerer();
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.ReceiveAsync("INVITE ");
        var near = $"<sip:{answerer.HostPort};lr>";
        await answerer.ReplyAsync(invite, "200 OK", answerer.Sdp, $"Record-Route: <sip:192.0.2.1;lr>, {near}\r\n");
        var ack = await answerer.ReceiveAsync($"ACK sip:agent@{answerer.HostPort} ");
        Assert.Contains($"Route: {near}\r\nRoute: <sip:192.0.2.1;lr>\r\n", ack, StringComparison.Ordinal);
        await HangUpAsync(await calling, answerer);
        await (await calling).DisposeAsync();
    }

    [Fact]
    public async Task Answer_without_a_usable_codec_is_hung_up()
    {
        using var answerer = new RawAnswerer();
        await using var caller = await SimulatedCaller.DialAsync(new CallerOptions { TargetUri = answerer.Uri });
        await answerer.AnswerAsync(answerer.Media(types: "18"));
        await answerer.ReplyAsync(await answerer.ReceiveAsync("BYE "), "200 OK");
        Assert.Equal(EndedBy.NoAnswer, (await caller.WaitForEndAsync(Soon))!.By);
        Assert.False(caller.WasAnswered);
    }

    private static async Task HangUpAsync(SimulatedCaller caller, RawAnswerer answerer)
    {
        var hangingUp = caller.HangUpAsync();
        await answerer.ReplyAsync(await answerer.ReceiveAsync("BYE "), "200 OK");
        Assert.Equal(EndedBy.Caller, (await hangingUp)!.By);
    }
}
