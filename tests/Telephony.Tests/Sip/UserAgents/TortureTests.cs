using System.Text;
using Telephony.Sip.Messages;
using Telephony.Sip.UserAgents;
using Telephony.Tests.Sip.Messages;

namespace Telephony.Tests.Sip.UserAgents;

/// <summary>RFC 4475 against the assembled user agent: each message as a datagram, the answer compared with <c>expected.tsv</c>.</summary>
public sealed class TortureTests
{
    private static readonly int[] NotOk = [400, 416, 420, 500, 505, 513];
    private static readonly int[] RegisterAnswers = [200, 401, 403, 404, 405, 423, 501];

    public static TheoryData<string> Names => [.. TortureFiles.Names];

    [Theory, MemberData(nameof(Names))]
    public void Answer_is_the_one_wanted(string name)
    {
        var expected = TortureFiles.Cases.Single(row => row.Name == name);
        var bench = new SipBench { WhenInvited = invite => invite.Accept(Encoding.UTF8.GetBytes(SipBench.Sdp)) };

        bench.ReceiveRaw(TortureFiles.Read(name));

        var answers = bench.Wire.Sent.Select(sent => StatusCode(sent.Text)).Where(statusCode => statusCode >= 200).ToList();
        if (expected.Kind == "rsp")
            Assert.Empty(bench.Wire.Sent);
        else if (name == "test")
            Assert.Empty(answers);   // no Via to answer by: silence, which is tolerated
        else
            AssertWanted(expected, Assert.Single(answers));
        Assert.DoesNotContain("transport failed", bench.Events);
    }

    [Theory, MemberData(nameof(Names))]
    public void Answer_goes_to_the_source_and_never_to_an_address_out_of_the_message(string name)
    {
        var bench = new SipBench();

        bench.ReceiveRaw(TortureFiles.Read(name));

        Assert.All(bench.Wire.Sent, sent => Assert.Equal(SipBench.Peer.Address, sent.To.Address));
    }

    [Fact]
    public void Messages_sharing_a_branch_are_both_answered_when_timer_J_has_run_out_between_them()
    {
        foreach (var (first, second) in new[] { ("escnull", "regescrt"), ("cparam01", "cparam02"), ("unkscm", "novelsc") })
        {
            var bench = new SipBench();
            bench.ReceiveRaw(TortureFiles.Read(first));
            bench.Advance(32);
            bench.ReceiveRaw(TortureFiles.Read(second));

            var callIds = bench.Wire.Sent.Select(sent => Parse(sent.Text)).Where(response => response.IsFinal).Select(response => response.CallId);
            Assert.Equal(2, callIds.Distinct().Count());
        }
    }

    [Fact]
    public void All_messages_one_after_the_other_leave_the_agent_working()
    {
        var bench = new SipBench();
        foreach (var name in TortureFiles.Names)
            bench.ReceiveRaw(TortureFiles.Read(name));
        bench.Advance(64);
        bench.TakeSent();

        bench.Receive(new PeerScript().Invite());

        Assert.Equal(["100 Trying"], bench.TakeStartLines());
    }

    [Fact]
    public void Refusals_say_what_would_do()
    {
        Assert.Equal("nothingSupportsThis, nothingSupportsThisEither", Answer("bext01").Headers.GetFirst(HeaderNames.Unsupported));
        Assert.Equal(Capabilities.Accept, Answer("invut").Headers.GetFirst(HeaderNames.Accept));
        Assert.Equal(Capabilities.Accept, Answer("sdp01").Headers.GetFirst(HeaderNames.Accept));
        Assert.Contains("INVITE", Answer("regaut01").Headers.GetFirst(HeaderNames.Allow), StringComparison.Ordinal);
    }

    private static SipResponse Answer(string name)
    {
        var bench = new SipBench();
        bench.ReceiveRaw(TortureFiles.Read(name));
        return bench.LastResponse();
    }

    // Refusals copy what could not be read, so not each of them can be parsed.
    private static int StatusCode(string response) => int.Parse(response.Split(' ', 3)[1]);

    private static SipResponse Parse(string text) => Assert.IsType<SipResponse>(MessageText.Parse(Encoding.UTF8.GetBytes(text)));

    private static void AssertWanted(TortureCase expected, int statusCode)
    {
        if (expected.Want == "ok")
            Assert.DoesNotContain(statusCode, NotOk);
        else if (expected.Want == "reg")
            Assert.Contains(statusCode, RegisterAnswers);
        else
            Assert.Contains(statusCode.ToString(), expected.Want.Split(','));
    }
}
