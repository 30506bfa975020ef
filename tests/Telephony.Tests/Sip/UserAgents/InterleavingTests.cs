using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>Races explored by chance: both sides do whatever they may at any time, messages are lost and doubled, and each call still ends in one known way.</summary>
public sealed class InterleavingTests
{
    private static readonly byte[] Sdp = Encoding.UTF8.GetBytes(SipBench.Sdp);
    private static readonly string[] Abilities = ["", "Supported: 100rel, timer\nAllow: INVITE, UPDATE, REFER\n", "Require: 100rel\n", "Supported: timer\nSession-Expires: 90;refresher=uas\n"];
    private static readonly SipUri Colleague = new() { Host = "192.0.2.99" };
    private static readonly string[] Endings = ["cancelled", "bye", "bye completed", "prack timeout", "transport failed"];

    private static readonly int[] Answers = [200, 200, 481, 491, 488, 100];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void Hundred_random_calls_leave_nothing_and_are_told_once_how_they_ended(int seed)
    {
        var random = new Random(seed);
        for (var call = 0; call < 100; call++)
            PlayOne(random, $"seed {seed}, call {call}");
    }

    private static void PlayOne(Random random, string name)
    {
        var bench = new SipBench();
        var peer = new PeerScript();
        var log = new List<string>();
        var isRejected = false;
        string invite = peer.Invite(random.Next(4) == 0 ? "" : SipBench.Sdp, Abilities[random.Next(Abilities.Length)]), last = invite;
        bench.Receive(invite);
        for (var step = 0; step < 12; step++)
        {
            var action = random.Next(19);
            log.Add($"{action}");
            if (bench.Wire.Sent.Count > 0 && bench.LastSent() is SipResponse { To.Tag: not null } response && response.CSeq.Method == SipMethods.Invite)
                peer.Learn(response);
            switch (action)
            {
                case 0 when IsYoung(bench): bench.Receive(invite); break;
                case 1 when IsYoung(bench): bench.Receive(last); break;
                case 2: bench.Receive(last = peer.Cancel()); break;
                case 3 when peer.ToTag.Length > 0: bench.Receive(last = peer.Ack()); break;
                case 4 when peer.ToTag.Length > 0: bench.Receive(last = peer.Bye()); break;
                case 5 when peer.ToTag.Length > 0: bench.Receive(last = peer.Reinvite(random.Next(2) == 0 ? "" : SipBench.Sdp)); break;
                case 6: bench.Call!.Ring(); break;
                case 7: bench.Call!.Accept(Sdp); break;
                case 8: isRejected |= TryReject(bench, () => bench.Call!.Reject(486)); break;
                case 9: isRejected |= TryReject(bench, () => bench.Call!.Bye()); break;
                case 10: bench.Reinvite?.Accept(Sdp); break;
                case 11: bench.Reinvite?.Reject(488); break;
                case 12: bench.Call!.Dialog.Reoffer(); break;
                case 13: bench.Call!.Ring(183, Sdp); break;
                case 14 when peer.ToTag.Length > 0: bench.Receive(last = Prack(bench, peer)); break;
                case 15 when peer.ToTag.Length > 0: bench.Receive(last = peer.InDialog("UPDATE", random.Next(2) == 0 ? "" : "Content-Type: application/sdp\n", SipBench.Sdp)); break;
                case 16: bench.Call!.Refer(Colleague); break;
                case 17 when peer.ToTag.Length > 0: bench.Receive(last = peer.InDialog("NOTIFY", "Event: refer\nContent-Type: message/sipfrag\n", "SIP/2.0 486 Busy\n")); break;
                default: bench.Advance(random.NextDouble() * (random.Next(4) == 0 ? 40 : 2)); break;
            }
            AnswerSomeRequests(bench, random);
        }
        isRejected |= TryReject(bench, () => bench.Call!.Bye());
        bench.Advance(200);

        var story = $"{name}: steps {string.Join(' ', log)}, told {string.Join(", ", bench.Events)}";
        Assert.True(bench.Agent.DialogCount == 0 && bench.Agent.TransactionCount == 0 && bench.Clock.ActiveTimers == 0, story);
        Assert.True(bench.Events.Count(told => Endings.Contains(told)) == (isRejected ? 0 : 1), story);
        Assert.True(bench.Events.Count(told => told == "invite") == 1, story);
        Assert.True(bench.Events.Count(told => told.StartsWith("ack ", StringComparison.Ordinal) && told != "ack timeout") <= 1, story);
    }

    /// <summary>A copy older than any transaction is a new request to every server; no network keeps one that long.</summary>
    private static bool IsYoung(SipBench bench) => bench.Clock.GetTimestamp() < TimeSpan.FromSeconds(30).Ticks;

    /// <summary>Refusing tells the host nothing, but for an answer that waited for a PRACK, because it was the host's own doing: noticed by the refusal on the wire.</summary>
    private static bool TryReject(SipBench bench, Action reject)
    {
        bench.TakeSent();
        reject();
        return !bench.Events.Contains("bye completed") && bench.TakeStartLines().Any(line => line is "486 Busy Here" or "480 Temporarily Unavailable");
    }

    private static void AnswerSomeRequests(SipBench bench, Random random)
    {
        if (bench.LastSent() is SipRequest { Method: not SipMethods.Ack } ours && random.Next(2) == 0)
            bench.Receive(PeerScript.Response(ours, Answers[random.Next(Answers.Length)], "", random.Next(2) == 0 ? "" : SipBench.Sdp));
    }

    /// <summary>A PRACK for the latest reliable response, or for none.</summary>
    private static string Prack(SipBench bench, PeerScript peer)
    {
        var rseq = (bench.LastSent() as SipResponse)?.Headers.GetFirst(HeaderNames.RSeq) ?? "1";
        return peer.InDialog("PRACK", $"RAck: {rseq} 1 INVITE\nContent-Type: application/sdp\n", SipBench.Sdp);
    }
}
