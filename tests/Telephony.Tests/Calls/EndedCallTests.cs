using System.Runtime.CompilerServices;

namespace Telephony.Tests.Calls;

/// <summary>A call that has ended holds no memory while its transactions wait half a minute for repetitions (RFC 3261 section 17.2, RFC 6026): its sound paths are a fifth of a megabyte.</summary>
public sealed class EndedCallTests : IDisposable
{
    private const int Patience = 1_000;

    private readonly CallBench _bench = new(Callee.Options);

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string> Ends => ["bye of the caller", "bye of ours", "cancel", "refusal", "re-INVITE", "INFO", "UPDATE", "outbound, bye of the callee", "outbound, bye of ours"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_call_that_has_ended_is_let_go_of_at_once(string end)
    {
        var call = RunCall(end);
        for (var look = 0; look < Patience && call.IsAlive; look++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);   // the media thread has its own pace
            GC.Collect();
        }
        Assert.False(call.IsAlive);
    }

    // A frame of its own, so that nothing of the call is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference RunCall(string end)
    {
        if (end.StartsWith("outbound", StringComparison.Ordinal))
            RunOutbound(isOurBye: end.EndsWith("ours", StringComparison.Ordinal));
        else
            RunInbound(new Phone(_bench), end);
        Assert.Contains("ended", _bench.Events.ToString(), StringComparison.Ordinal);
        var call = new WeakReference(_bench.Call);
        _bench.Offered.Clear();
        return call;
    }

    private void RunInbound(Phone phone, string end)
    {
        phone.Invite();
        if (end == "cancel")
        {
            _bench.Call.Ring();
            phone.Cancel();
        }
        else if (end == "refusal")
        {
            _bench.Call.Reject(486);
            phone.Look();
        }
        else
        {
            _bench.Answer();
            phone.Look();
            phone.Ack();
            Talk(phone, end);
            HangUp(phone, isOurs: end == "bye of ours");
        }
        phone.Ack();
    }

    private static void Talk(Phone phone, string request)
    {
        if (request == "re-INVITE")
            phone.Reinvite(Phone.Offer + "|a=sendonly");
        else if (request == "INFO")
            phone.Info("application/dtmf-relay", "Signal=5\nDuration=100\n");
        else if (request == "UPDATE")
            phone.Update();
        if (request == "re-INVITE")
            phone.Ack();
    }

    private void HangUp(Phone phone, bool isOurs)
    {
        if (!isOurs)
        {
            phone.Bye();
            return;
        }
        _bench.Call.HangUp();
        phone.Respond();
    }

    private void RunOutbound(bool isOurBye)
    {
        var callee = Callee.Connected(_bench);
        if (isOurBye)
        {
            _bench.Call.HangUp();
            callee.RespondTo("BYE");
        }
        else
        {
            callee.Request("BYE");
        }
    }
}
