using System.Globalization;
using Telephony.Calls;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Calls;

/// <summary>Whatever callers and host do, what comes in goes out again: INVITEs, ports, dialogs, transactions, ends.</summary>
public sealed class ConservationTests : IDisposable
{
    private const int Calls = 250;
    private static readonly string[] Offers = [Phone.Offer, "m=audio 4000 RTP/AVP 8", "m=audio 4000 RTP/AVP 18", "", "m=audio", "m=audio 4000 RTP/AVP 0|a=inactive"];
    private static readonly string[] Answers = ["", "m=audio 4000 RTP/AVP 0", "m=audio 4000 RTP/AVP 18"];
    private static readonly string[] Reports = ["SIP/2.0 100 Trying", "SIP/2.0 200 OK", "SIP/2.0 486 Busy Here", "busy"];
    private readonly CallBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Nothing_is_lost_or_left_after_a_random_mix_of_calls(int seed)
    {
        var random = new Random(seed);
        var phones = Enumerable.Range(0, Calls).Select(i => new Phone(_bench, $"call-{i}@192.0.2.10")).ToList();
        var invited = 0;
        for (var step = 0; step < 12 * Calls; step++)
        {
            _bench.Availability = random.Next(20) == 0 ? (503, "5") : (200, null);
            if (invited < Calls && random.Next(8) == 0)
                phones[invited++].Invite(Pick(random, Offers));
            else if (invited > 0 && random.Next(2) == 0)
                Act(random, phones[random.Next(Math.Max(0, invited - 30), invited)]);
            else if (_bench.Offered.Count > 0)
                Act(random, _bench.Offered[random.Next(Math.Max(0, _bench.Offered.Count - 20), _bench.Offered.Count)].Call);
            if (random.Next(4) == 0)
                _bench.Clock.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
        }
        Assert.Equal(Calls, invited);
        _bench.HangUpAllAsync();
        _bench.Clock.Advance(TimeSpan.FromMinutes(3));
        AssertBalance(invited);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_transfer_is_settled_or_ends_with_its_call(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Calls; i++)
        {
            var phone = Phone.Connected(_bench, callId: $"call-{i}@192.0.2.10");
            _bench.Call.Transfer("200");
            phone.Look();
            var refer = (SipRequest)_bench.LastSent();
            for (var step = random.Next(1, 6); step > 0; step--)
                ActDuringTransfer(random, phone, refer);
        }
        _bench.HangUpAllAsync();
        _bench.Clock.Advance(TimeSpan.FromMinutes(3));

        Assert.All(_bench.Offered, offered => Assert.Equal(1, offered.Events.Ends));
        // What is told as timed out may still be told as accepted, by a device that reports late.
        Assert.All(_bench.Offered, offered => Assert.InRange(Transfers(offered.Events), 0, offered.Events.Told.Contains("transfer TimedOut 408") ? 2 : 1));
        Assert.All(_bench.Offered, offered => Assert.Equal(
            offered.Events.Told.Contains("ended Transferred"), offered.Events.Told.Any(line => line.StartsWith("transfer Accepted", StringComparison.Ordinal))));
        Assert.InRange(_bench.Offered.SelectMany(offered => offered.Events.Told).Where(line => line.StartsWith("transfer", StringComparison.Ordinal)).Distinct().Count(), 4, 8);
        Assert.Equal((0, 0, 0, 0), (_bench.OpenDialogs, _bench.Agent.DialogCount, _bench.Agent.TransactionCount, _bench.Agent.Ladders.Count));
        Assert.True(_bench.AllPortsReturned());
    }

    private static int Transfers(CallEvents events) => events.Told.Count(line => line.StartsWith("transfer", StringComparison.Ordinal));

    private void ActDuringTransfer(Random random, Phone phone, SipRequest refer)
    {
        switch (random.Next(9))
        {
            case 0: phone.Bye(); break;
            case 1: _bench.Call.HangUp(); break;
            case 2: phone.Respond(refer, 603); break;
            case 3: phone.Reinvite("m=audio 4000 RTP/AVP 0|a=sendonly"); break;
            case 4: _bench.Clock.Advance(TimeSpan.FromSeconds(random.Next(80))); break;
            case 5 or 6: phone.Notify(Pick(random, Reports)); break;
            default: phone.Respond(refer, 202); break;
        }
    }

    private void Act(Random random, Phone phone)
    {
        switch (random.Next(9))
        {
            case 0: phone.Cancel(); break;
            case 1: phone.Bye(); break;
            case 8: phone.Notify(Pick(random, Reports)); break;
            case 2 when phone.Script.ToTag.Length > 0: phone.Reinvite(Pick(random, Offers)); break;
            case 3: phone.Info("application/dtmf-relay", "Signal=1\n"); break;
            default: phone.Ack(Pick(random, Answers)); break;
        }
        if (_bench.LastSent() is SipRequest && random.Next(2) == 0)
            phone.Respond(random.Next(3) == 0 ? 481 : 200);
    }

    private static void Act(Random random, Call call)
    {
        switch (random.Next(8))
        {
            case 0: call.Reject(486); break;
            case 1: call.HangUp(); break;
            case 2: call.Ring(); break;
            case 3: call.AudioReady(); break;
            case 4: call.Transfer("+49 30 1234"); break;
            default: call.Answer(new Silence(), new Silence()); break;
        }
    }

    private void AssertBalance(int invited)
    {
        var finals = _bench.Wire.Sent
            .Where(sent => sent.Text.StartsWith("SIP/2.0 ", StringComparison.Ordinal) && sent.Text.Contains("CSeq: 1 INVITE", StringComparison.Ordinal))
            .Select(sent => (CallId: Line(sent.Text, "Call-ID:"), Status: int.Parse(sent.Text.AsSpan(8, 3), CultureInfo.InvariantCulture)))
            .Where(final => final.Status >= 200)
            .ToHashSet();
        Assert.Equal(invited, finals.Count);   // one status each, however often it was repeated
        Assert.Equal(invited, finals.Select(final => final.CallId).Distinct().Count());
        Assert.InRange(finals.Select(final => final.Status).Distinct().Count(), 6, 20);   // the mix was one

        Assert.Equal((invited, invited, 0), (_bench.Metrics.Offered, _bench.Metrics.Ended, _bench.Metrics.Active));
        Assert.Equal(finals.Count(final => final.Status == 200), _bench.Metrics.Answered);
        Assert.All(_bench.Offered, offered => Assert.Equal(1, offered.Events.Ends));
        Assert.All(_bench.Offered, offered => Assert.StartsWith("ended", offered.Events.Told.Last(), StringComparison.Ordinal));
        Assert.Equal((0, 0, 0, 0), (_bench.OpenDialogs, _bench.Agent.DialogCount, _bench.Agent.TransactionCount, _bench.Agent.Ladders.Count));
        Assert.True(_bench.AllPortsReturned());
        Assert.InRange(_bench.Ports.Leases, _bench.Offered.Count, invited);
    }

    private static string Line(string message, string header) =>
        message.Split("\r\n").First(line => line.StartsWith(header, StringComparison.Ordinal));

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
