using System.Net;
using Simulation.Phone;

namespace Simulation.Tests.Phone;

/// <summary>What the far side and the network do to a caller.</summary>
public sealed class SimulatedCallerFarSideTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Theory, InlineData("udp"), InlineData("tcp")]
    public async Task Call_hung_up_by_the_agent_says_so(string transport)
    {
        using var answerer = new RawAnswerer(transport);
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.AnswerAsync();
        await using var caller = await calling;

        await answerer.RequestAsync(invite, "BYE", 1, head: "Reason: Q.850;cause=16\r\n");
        await answerer.ReceiveAsync("SIP/2.0 200");
        var end = await caller.WaitForEndAsync(Soon);
        Assert.Equal((EndedBy.Agent, "Q.850;cause=16"), (end!.By, end.Reason));
    }

    [Fact]
    public async Task Requests_of_the_agent_get_sensible_answers()
    {
        using var answerer = new RawAnswerer();
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri });
        var invite = await answerer.AnswerAsync();
        await using var caller = await calling;
        await answerer.RequestAsync(invite, "OPTIONS", 1);
        await answerer.ReceiveAsync("SIP/2.0 200");
        await answerer.RequestAsync(invite, "PUBLISH", 2);
        await answerer.ReceiveAsync("SIP/2.0 405");
        await answerer.RequestAsync(invite, "INVITE", 3, answerer.Media("sendonly"));
        Assert.Contains("a=recvonly", await answerer.ReceiveAsync("SIP/2.0 200"), StringComparison.Ordinal);
        await answerer.SendAsync((await SentAsync(answerer, caller)).Replace(caller.SipCallId, "another", StringComparison.Ordinal));
        await answerer.ReceiveAsync("SIP/2.0 481");
        await HangUpAsync(caller, answerer);

        // The agent's INFO as the caller would see it: taken from its own so that every header is there.
        static async Task<string> SentAsync(RawAnswerer answerer, SimulatedCaller caller)
        {
            var sending = caller.SendInfoDigitAsync('5');
            var info = await answerer.ReceiveAsync("INFO ");
            Assert.Equal("Signal=5\r\nDuration=160\r\n", RawAnswerer.Body(info));
            await answerer.ReplyAsync(info, "200 OK");
            Assert.Equal(200, await sending);
            return info;
        }
    }

    [Fact]
    public async Task Refused_and_broken_connections_end_the_call()
    {
        string uri;
        using (var closed = new RawAnswerer("tcp"))
            uri = closed.Uri;
        await using (var refused = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = uri }))
            Assert.Equal(EndedBy.TransportFailed, refused.End!.By);

        using var answerer = new RawAnswerer("tcp");
        var calling = SimulatedCaller.CallAsync(new CallerOptions { TargetUri = answerer.Uri });
        await answerer.AnswerAsync();
        await using var caller = await calling;
        answerer.Break();
        Assert.Equal(EndedBy.TransportFailed, (await caller.WaitForEndAsync(Soon))!.By);
    }

    [Fact]
    public async Task Unknown_host_ends_the_call_with_a_reason()
    {
        await using var caller = await SimulatedCaller.CallAsync(new CallerOptions { TargetUri = "sip:agent@no-such-host.invalid" });
        Assert.Equal(EndedBy.TransportFailed, caller.End!.By);
        Assert.Contains("no-such-host.invalid", caller.End.Reason, StringComparison.Ordinal);
    }

    [Theory, InlineData("192.0.2.77"), InlineData("::1")]
    public async Task Address_that_cannot_be_called_from_ends_the_call_with_a_reason(string local)
    {
        foreach (var transport in new[] { "", ";transport=tcp" })
        {
            await using var caller = await SimulatedCaller.CallAsync(
                new CallerOptions { TargetUri = "sip:agent@127.0.0.1:9" + transport, LocalAddress = IPAddress.Parse(local) });
            Assert.Equal(EndedBy.TransportFailed, caller.End!.By);
        }
    }

    private static async Task HangUpAsync(SimulatedCaller caller, RawAnswerer answerer)
    {
        var hangingUp = caller.HangUpAsync();
        await answerer.ReplyAsync(await answerer.ReceiveAsync("BYE "), "200 OK");
        Assert.Equal(EndedBy.Caller, (await hangingUp)!.By);
    }
}
