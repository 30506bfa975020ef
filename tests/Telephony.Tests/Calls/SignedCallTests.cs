using Support;
using Telephony.Sip.Identity.Stir;
using Telephony.Tests.Sip.Identity.Stir;

namespace Telephony.Tests.Calls;

/// <summary>Goal A28: a call waits for its caller's signature to be verified, apart from the signalling loop, and no longer than that takes.</summary>
public sealed class SignedCallTests : IDisposable
{
    private readonly TaskCompletionSource<byte[]?> _web = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StirSigner _signer = new(new ManualTimeProvider().GetUtcNow());
    private readonly List<CallBench> _benches = [];

    [Fact]
    public void A_call_is_offered_with_its_verdict()
    {
        var (bench, phone) = Invite();
        Assert.Empty(bench.Offered);
        _web.SetResult(_signer.Certificate);
        Wait(() => bench.Offered.Count == 1);
        Assert.Equal("Valid A", bench.Call.Stir.ToString());
        Assert.True(bench.Call.IsCallerVerified);
        bench.Answer();
        Assert.Equal("200", phone.Look());
    }

    [Fact]
    public void A_call_whose_signature_is_bad_is_offered_all_the_same()
    {
        using var stranger = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var (bench, _) = Invite(stranger);
        _web.SetResult(_signer.Certificate);
        Wait(() => bench.Offered.Count == 1);
        Assert.Equal(StirVerdict.BadSignature, bench.Call.Stir.Verdict);
        Assert.False(bench.Call.IsCallerVerified);
    }

    [Fact]
    public void A_certificate_that_does_not_come_holds_the_call_up_for_a_second()
    {
        int idle;
        using (var unsigned = new CallBench())
        {
            new Phone(unsigned).Invite();
            idle = unsigned.Clock.ActiveTimers;
        }
        var (bench, _) = Invite();
        Wait(() => bench.Clock.ActiveTimers >= idle + 3);   // of the fetch, of the wait for it, and of that for all tokens
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Wait(() => bench.Offered.Count == 1);
        Assert.Equal(StirVerdict.NotVerified, bench.Call.Stir.Verdict);
    }

    [Fact]
    public void A_caller_who_gives_up_meanwhile_is_not_offered()
    {
        var (bench, phone) = Invite();
        Assert.Equal("200 487", phone.Cancel());
        _web.SetResult(_signer.Certificate);
        Wait(() => bench.Metrics.Active == 0);
        Assert.Empty(bench.Offered);
        Assert.Equal(0, bench.OpenDialogs);
        Assert.True(bench.AllPortsReturned());
    }

    [Fact]
    public async Task A_stop_refuses_who_waits()
    {
        var (bench, phone) = Invite();
        await bench.HangUpAllAsync();
        Assert.Equal("503", phone.Look());
        _web.SetResult(_signer.Certificate);
        Assert.Equal((0L, 0), (bench.Metrics.Active, bench.Offered.Count));
    }

    [Fact]
    public void What_is_wrong_by_itself_waits_for_nothing()
    {
        var (bench, _) = Invite(iat: -100);
        Assert.Equal(StirVerdict.Expired, bench.Call.Stir.Verdict);
    }

    public void Dispose()
    {
        foreach (var bench in _benches)
            bench.Dispose();
        _signer.Dispose();
    }

    private static void Wait(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)));

    private (CallBench Bench, Phone Phone) Invite(System.Security.Cryptography.ECDsa? key = null, int iat = 0)
    {
        var clock = new ManualTimeProvider();
        CallBench? bench = null;
        // The store's clock is the bench's, which is not there before.
        var store = new CertificateStore((_, _) => _web.Task, _signer.Authorities, TimeSpan.FromSeconds(1), new Later(() => bench?.Clock ?? clock));
        bench = new CallBench(stir: new StirCheck(new StirOptions { Mode = StirMode.Verify }, new StirVerifier(store), clock));
        _benches.Add(bench);
        var phone = new Phone(bench);
        var token = _signer.Token(clock.GetUtcNow().ToUnixTimeSeconds() + iat, payload => payload
            .Replace($"\"tn\":\"{StirSigner.Caller}\"", "\"uri\":\"sip:caller@192.0.2.10\"", StringComparison.Ordinal)
            .Replace($"\"tn\":[\"{StirSigner.Callee}\"]", "\"uri\":[\"sip:agent@198.51.100.5\"]", StringComparison.Ordinal), key: key);
        phone.Script.Extra = $"Identity: {token}\n";
        phone.Invite();
        phone.Script.Extra = "";
        return (bench, phone);
    }

    private sealed class Later(Func<TimeProvider> clock) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => clock().GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => clock().CreateTimer(callback, state, dueTime, period);
    }
}
