using Telephony.Calls;
using Telephony.Rtp;
using Telephony.Sdp;
using Telephony.Tests.Calls;

namespace Telephony.Tests.Media;

/// <summary>A11: a dead caller is noticed 30 s after the answer without a first packet, 15 s after the last one, within a second; never on hold, nor while RTCP lives.</summary>
public sealed class DeadCallerTests
{
    private const double Tolerance = 1;
    private const int StepMs = 10;

    [Fact]
    public void Nothing_ever_comes_30_s()
    {
        using var call = new StreamBench(stepMs: StepMs);
        call.Apply(call.Media);
        AssertGone(30, UntilGone(call));
    }

    [Fact]
    public void RTP_and_RTCP_stop_15_s()
    {
        using var call = Talking(seconds: 3);
        AssertGone(15, UntilGone(call));
    }

    [Fact]
    public void RTP_alone_stops_and_RTCP_goes_on_never()
    {
        using var call = Talking(seconds: 3);
        Assert.Equal(120, UntilGone(call, everyFrame: EachSecond(call, call.Report)), 0.1);
        AssertGone(15, UntilGone(call));   // and then that ends too
    }

    [Fact]
    public void RTCP_alone_ever_came_30_s_after_its_last()
    {
        using var call = new StreamBench(stepMs: StepMs);
        call.Apply(call.Media);
        call.Run(10, EachSecond(call, call.Report));
        AssertGone(30, UntilGone(call));
    }

    [Theory]
    [InlineData(MediaDirection.Inactive)]
    [InlineData(MediaDirection.RecvOnly)]   // a caller that said sendonly
    [InlineData(MediaDirection.SendOnly)]   // a caller that said recvonly: a one-way call
    public void Held_or_one_way_never_and_15_s_from_its_end(MediaDirection direction)
    {
        using var call = Talking(seconds: 3);
        call.Apply(call.Media with { Direction = direction });
        Assert.Equal(120, UntilGone(call), 0.1);
        call.Apply(call.Media);
        AssertGone(15, UntilGone(call));
    }

    [Fact]
    public void One_way_from_the_caller_never()
    {
        using var call = Talking(seconds: 3);
        call.Apply(call.Media with { Direction = MediaDirection.RecvOnly });
        Assert.Equal(120, UntilGone(call, everyFrame: () => call.Speak()), 0.1);
    }

    [Fact]
    public void Heard_before_the_answer_never_and_30_s_from_it()
    {
        using var call = new StreamBench(stepMs: StepMs);
        call.Apply(call.Media, isEarly: true);
        Assert.Equal(120, UntilGone(call), 0.1);
        call.Apply(call.Media);
        AssertGone(30, UntilGone(call));
    }

    [Fact]
    public void The_times_are_configurable()
    {
        using var call = Talking(seconds: 3, new RtpOptions { PacketTimeout = TimeSpan.FromSeconds(4) });
        AssertGone(4, UntilGone(call));
        using var silent = new StreamBench(new RtpOptions { FirstPacketTimeout = TimeSpan.FromSeconds(7) }, StepMs);
        silent.Apply(silent.Media);
        AssertGone(7, UntilGone(silent));
        using var patient = Talking(seconds: 3, new RtpOptions { PacketTimeout = TimeSpan.Zero });
        Assert.Equal(120, UntilGone(patient), 0.1);
    }

    [Fact]
    public void A_call_whose_caller_is_gone_is_ended_with_BYE()
    {
        using var bench = new CallBench(firstPacketTimeout: TimeSpan.FromSeconds(30));
        var phone = Phone.Connected(bench);
        Tick(bench, 29);
        Assert.Equal("", phone.Look());

        Tick(bench, 2);
        Assert.True(SpinWait.SpinUntil(() => bench.Events.Ends == 1, TimeSpan.FromSeconds(10)));
        Assert.Equal("BYE", phone.Look());
        Assert.Contains("Reason: Q.850;cause=102", bench.Wire.Sent[^1].Text, StringComparison.Ordinal);
        Assert.Equal($"ended {CallEndReason.MediaTimeout}", bench.Events.Told.Last());
    }

    /// <summary>Lets time pass, and the media thread notice.</summary>
    private static void Tick(CallBench bench, int seconds)
    {
        var sent = bench.Call.GetMediaStatistics().PacketsSent;
        bench.Clock.Advance(TimeSpan.FromSeconds(seconds));
        // A thread that had not taken the call in yet begins a frame later.
        var tries = 0;
        while (!SpinWait.SpinUntil(() => bench.Call.GetMediaStatistics().PacketsSent > sent || bench.Events.Ends == 1, TimeSpan.FromMilliseconds(500)))
        {
            Assert.InRange(++tries, 1, 20);
            bench.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }
    }

    private static StreamBench Talking(double seconds, RtpOptions? options = null)
    {
        var call = new StreamBench(options, StepMs);
        call.Apply(call.Media);
        call.Run(seconds, () => call.Speak());
        Assert.True(call.Counters.PacketsReceived >= seconds * 50 - 2);
        return call;
    }

    /// <summary>Seconds until the caller is given up; 120 for never.</summary>
    private static double UntilGone(StreamBench call, Action? everyFrame = null) => call.Run(120, everyFrame, () => call.Listener.Timeouts == 1);

    private static Action EachSecond(StreamBench call, Action act) => () =>
    {
        if (call.Seconds % 1 < 0.02)
            act();
    };

    private static void AssertGone(double wanted, double seconds)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"A11: given up after {seconds:F2} s, wanted {wanted} +- {Tolerance} s");
        Assert.InRange(seconds, wanted - Tolerance, wanted + Tolerance);
    }
}
