using Telephony.Calls;
using Telephony.Sip.Ladders;
using Telephony.Tests.Calls;
using Telephony.Trunks;

namespace Telephony.Tests.Sip.Ladders;

/// <summary>The SIP messages of a call are kept for its life: bounded, and without what nobody may read (A33).</summary>
public sealed class SipLadderTests : IDisposable
{
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Caller_who_hangs_up_leaves_the_whole_call_in_order()
    {
        var phone = Phone.Connected(_bench);
        phone.Bye();
        Assert.Equal(["> INVITE", "< 100 Trying", "< 200 OK", "> ACK", "> BYE", "< 200 OK"], Lines());
        Assert.Equal(0, _bench.Agent.Ladders.Count);
    }

    [Fact]
    public void Our_own_hanging_up_is_there_with_its_answer()
    {
        var phone = Phone.Connected(_bench);
        _bench.Call.HangUp();
        phone.Look();
        phone.Respond();
        Assert.Equal(["< BYE", "> 200 Whatever"], Lines()[^2..]);
        Assert.Equal(0, _bench.Agent.Ladders.Count);
    }

    [Fact]
    public void Call_of_ours_begins_with_its_INVITE()
    {
        using var bench = new CallBench(new TelephonyOptions { Outbound = new() { Allow = ["bob@192.0.2.10:5070"] } });
        Assert.Equal(DialRefusal.None, bench.Dial());
        var invite = Assert.Single(bench.Call.Ladder.Read());
        Assert.Equal(("udp", "192.0.2.10:5070", true), (invite.Protocol, invite.Remote, invite.IsSent));
        Assert.StartsWith("INVITE sip:bob@", invite.StartLine, StringComparison.Ordinal);
        bench.Call.HangUp();
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, bench.Agent.Ladders.Count);
    }

    [Fact]
    public void Repetitions_show()
    {
        new Phone(_bench).Invite();
        _bench.Answer();
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal(["< 200 OK", "< 200 OK"], Lines()[^2..]);
        var rungs = _bench.Call.Ladder.Read();
        Assert.Equal(500, (rungs[^1].At - rungs[^2].At).TotalMilliseconds);
    }

    [Fact]
    public void Many_messages_leave_the_first_and_the_last_ones()
    {
        var phone = Phone.Connected(_bench);
        for (var i = 0; i < 200; i++)
            phone.Info("application/x-unknown", new string('x', i == 199 ? 20_000 : 300));
        var rungs = _bench.Call.Ladder.Read();
        Assert.InRange(rungs.Count, 20, 64);
        Assert.Equal(404, rungs.Count + _bench.Call.Ladder.LeftOut);
        Assert.StartsWith("INVITE", rungs[0].StartLine, StringComparison.Ordinal);
        Assert.All(rungs, rung => Assert.InRange(rung.Text.Length, 1, 4_096));
        Assert.InRange(rungs.Sum(rung => rung.Text.Length), 1, 100_000);
    }

    [Fact]
    public void Call_that_goes_on_over_another_leg_has_the_messages_of_both()
    {
        using var bench = new CallBench(new TelephonyOptions { Trunks = new() { ["pbx"] = new TrunkOptions { Addresses = ["192.0.2.0/24"] } } });
        var human = Phone.Connected(bench);
        var customer = new Phone(bench, "call-2@192.0.2.11");
        customer.Script.FromTag = "customer";
        customer.Replace(human);
        human.Respond();
        customer.Ack();
        customer.Bye();
        var ids = bench.Call.Ladder.Read().Select(rung => rung.Text.Contains("call-2@", StringComparison.Ordinal) && !rung.Text.Contains("Replaces:", StringComparison.Ordinal)).ToList();
        Assert.Contains(true, ids);
        Assert.Contains(bench.Call.Ladder.Read(), rung => rung.StartLine.StartsWith("BYE", StringComparison.Ordinal) && rung.IsSent);
        Assert.Equal("SIP/2.0 200 OK", bench.Call.Ladder.Read()[^1].StartLine);
        Assert.Equal(0, bench.Agent.Ladders.Count);
    }

    [Fact]
    public void What_nobody_may_read_is_taken_out()
    {
        var text = LadderRedaction.Apply(
            """
            INVITE sip:a@b SIP/2.0
            authorization : Digest username="bob", response="canary1",
             nonce="canary2"
            Proxy-Authorization: Digest response="canary3"
            Call-ID: stays
            Content-Type: application/sdp

            v=0
            k=clear:canary4
            a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:canary5|2^20
            a=ice-pwd:canary6
            a=rtpmap:0 PCMU/8000
            """u8);
        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.Contains("AES_CM_128_HMAC_SHA1_80", text, StringComparison.Ordinal);
        Assert.Contains("Call-ID: stays", text, StringComparison.Ordinal);
        Assert.Contains("a=rtpmap:0 PCMU/8000", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\nDuration=160\n", "Signal=*\nDuration=160\n")]
    [InlineData("application/dtmf-relay", "Signal= #\nDuration= 160\n", "Signal= *\nDuration= 160\n")]
    [InlineData("application/dtmf", "7", "*")]
    [InlineData("text/plain", "7", "7")]
    public void Digits_are_masked(string type, string body, string shown)
    {
        var text = LadderRedaction.Apply(System.Text.Encoding.UTF8.GetBytes($"INFO sip:a@b SIP/2.0\r\nContent-Type: {type}\r\n\r\n{body.ReplaceLineEndings("\r\n")}"));
        Assert.EndsWith($"\r\n\r\n{shown.ReplaceLineEndings("\r\n")}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_that_was_made_to_cost_much_does_not()
    {
        var hostile = System.Text.Encoding.UTF8.GetBytes("INVITE a SIP/2.0\r\nAuthorization:" + string.Concat(Enumerable.Repeat("\r\n ", 1_300)) + "a=crypto:" + new string('i', 200));
        Assert.NotEmpty(LadderRedaction.Apply(hostile.AsSpan(0, Math.Min(hostile.Length, 4_096))));
    }

    [Fact]
    public void Ladder_reads_like_one()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        LadderMessage[] messages =
        [
            new(at, IsSent: false, "udp", "198.51.100.5:5060", "192.0.2.10:5070", "INVITE sip:a@b SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n"),
            new(at.AddMilliseconds(12), IsSent: true, "udp", "198.51.100.5:5060", "192.0.2.10:5070", "SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n"),
        ];
        Assert.Equal(
            """
                        192.0.2.10:5070                  198.51.100.5:5060
                0.000 udp|-- INVITE SDP ------------------------------->|
                0.012 udp|<--------------------- 180 Ringing (INVITE) --|

            """.ReplaceLineEndings("\n"), LadderText.Write(messages));
    }

    private List<string> Lines() => [.. _bench.Call.Ladder.Read().Select(rung =>
        $"{(rung.IsSent ? '<' : '>')} {(rung.StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal) ? rung.StartLine[8..] : rung.StartLine.Split(' ')[0])}")];
}
