using System.Net;
using Telephony.Sip.Messages;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Registration;

/// <summary>A26: whenever the service stops, no server keeps a registration that leads to nobody.</summary>
public sealed class LeavingTests
{
    private const string Server = "203.0.113.10:5070";
    private const string Challenge = "401\nWWW-Authenticate: Digest realm=\"provider.example\", nonce=\"abc\", qop=\"auth\"";

    [Fact]
    public async Task What_an_earlier_answer_granted_is_taken_back_after_a_refused_renewal()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.WhenAsked = (_, _) => "500\nRetry-After: 20";
        while (bench.Registers.Length < 2)
            bench.Advance(1);
        bench.WhenAsked = (_, _) => "200";
        Assert.Equal(TrunkState.Down, bench.Status.State);
        await LeaveAsync(bench);
        Assert.Equal("0", bench.Requests[^1].Request.Headers.GetFirst(HeaderNames.Expires));
    }

    [Fact]
    public async Task What_has_expired_is_not_taken_back()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.WhenAsked = (_, _) => "403";
        bench.Advance(620);
        var asked = bench.Requests.Count;
        await LeaveAsync(bench);
        Assert.Equal(asked, bench.Requests.Count);
    }

    [Fact]
    public void A_first_register_that_is_on_its_way_is_taken_back_and_not_gone_on_with()
    {
        var bench = new TrunkBench(Server, (_, _) => null);
        var first = bench.Requests[0].Request;
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Serve();
        Assert.Equal("0", bench.Requests[^1].Request.Headers.GetFirst(HeaderNames.Expires));
        Assert.True(first.CSeq.Number < bench.Requests[^1].Request.CSeq.Number);
        bench.Answer(first, Challenge, IPEndPoint.Parse(Server));
        bench.Advance(1.9);
        Assert.False(leaving.IsCompleted);
        Assert.Single(bench.Requests, sent => sent.Request.CSeq == first.CSeq && sent.At == TimeSpan.Zero);
        Assert.DoesNotContain(bench.Requests, sent => sent.Request.Headers.Contains(HeaderNames.Authorization));
        bench.Advance(0.2);
        Assert.True(leaving.IsCompleted);
    }

    [Fact]
    public async Task A_late_answer_to_a_renewal_does_not_end_the_leaving()
    {
        var bench = new TrunkBench(Server, (_, _) => "200");
        bench.WhenAsked = (_, _) => null;
        while (bench.Registers.Length < 2)
            bench.Advance(1);
        var renewal = bench.Requests[^1].Request;
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Serve();
        var leave = bench.Requests[^1].Request;
        bench.Answer(renewal, "200", IPEndPoint.Parse(Server));
        Assert.False(leaving.IsCompleted);
        bench.Answer(leave, Challenge, IPEndPoint.Parse(Server));
        bench.Serve();
        var proven = bench.Requests[^1].Request;
        Assert.Equal(("0", true), (proven.Headers.GetFirst(HeaderNames.Expires), proven.Headers.Contains(HeaderNames.Authorization)));
        Assert.False(leaving.IsCompleted);
        bench.Answer(proven, "200", IPEndPoint.Parse(Server));
        await leaving.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(TrunkState.Left, bench.Status.State);
    }

    private static Task LeaveAsync(TrunkBench bench)
    {
        var leaving = bench.Agent.LeaveTrunksAsync();
        bench.Serve();
        return leaving.WaitAsync(TimeSpan.FromSeconds(5));
    }
}
