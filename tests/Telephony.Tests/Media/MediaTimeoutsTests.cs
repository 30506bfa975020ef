using Telephony.Media;
using Telephony.Rtp;

namespace Telephony.Tests.Media;

public sealed class MediaTimeoutsTests
{
    private const long Second = 1_000_000_000;

    private readonly MediaTimeouts _timeouts = new(new RtpOptions());

    [Fact]
    public void A_caller_that_never_sends_is_given_thirty_seconds()
    {
        Assert.False(_timeouts.IsOver(30 * Second - 1, out _));
        Assert.True(_timeouts.IsOver(30 * Second, out var silent));
        Assert.Equal(30, silent.TotalSeconds);
        Assert.False(_timeouts.IsOver(31 * Second, out _));
    }

    [Fact]
    public void A_caller_that_stops_sending_is_given_fifteen_seconds_and_RTCP_counts()
    {
        _timeouts.OnHeard(5 * Second, isRtp: true);
        _timeouts.OnHeard(12 * Second, isRtp: false);
        Assert.False(_timeouts.IsOver(26 * Second, out _));
        Assert.True(_timeouts.IsOver(27 * Second, out _));
    }

    [Fact]
    public void Zero_waits_for_ever()
    {
        var patient = new MediaTimeouts(new RtpOptions { FirstPacketTimeout = TimeSpan.Zero });
        Assert.False(patient.IsOver(1_000_000 * Second, out _));
    }
}
