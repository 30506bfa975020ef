using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class ReorderWaitTests
{
    private const long Ms = 1_000_000;

    private readonly ReorderWait _wait = new(20 * Ms, 100 * Ms);

    [Fact]
    public void Starts_at_the_lower_bound() => Assert.Equal(20 * Ms, _wait.WaitNs);

    [Fact]
    public void Grows_with_the_lateness_that_was_seen_and_forgets_it_slowly()
    {
        _wait.OnOvertaken(60 * Ms);
        Assert.Equal(75 * Ms, _wait.WaitNs);
        for (var i = 0; i < 50 * 20; i++)
            _wait.OnPacket(jitterNs: 0);
        Assert.InRange(_wait.WaitNs, 20 * Ms, 35 * Ms);
    }

    [Fact]
    public void Never_exceeds_the_upper_bound()
    {
        _wait.OnOvertaken(5_000 * Ms);
        Assert.Equal(100 * Ms, _wait.WaitNs);
    }

    [Fact]
    public void Jitter_raises_the_floor()
    {
        _wait.OnPacket(jitterNs: 20 * Ms);
        Assert.Equal(40 * Ms, _wait.WaitNs);
    }
}
