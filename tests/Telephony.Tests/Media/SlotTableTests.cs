using Telephony.Media;

namespace Telephony.Tests.Media;

public sealed class SlotTableTests
{
    private const long FrameNs = 20_000_000;

    [Theory]
    [InlineData(2, 10)]
    [InlineData(8, 2.5)]
    [InlineData(64, 0.3125)]
    public void Calls_are_spread_evenly_over_the_frame(int calls, double apartMs)
    {
        var table = new SlotTable(startNs: 5);
        var phases = Enumerable.Range(0, calls).Select(slot => table.NextPhaseNs(slot, 5) % FrameNs).Order().ToList();
        Assert.All(phases.Zip(phases.Skip(1)), pair => Assert.Equal(apartMs * 1e6, pair.Second - pair.First));
    }

    [Fact]
    public void The_next_phase_is_ahead_by_one_frame_at_most()
    {
        var table = new SlotTable(startNs: 0);
        for (var slot = 0; slot < 3_000; slot += 7)
            for (var nowNs = 0L; nowNs < 3 * FrameNs; nowNs += 999_983)
                Assert.InRange(table.NextPhaseNs(slot, nowNs) - nowNs, 0, FrameNs);
    }
}
