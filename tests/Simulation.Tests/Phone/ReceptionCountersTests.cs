using System.Diagnostics;
using Simulation.Phone;

namespace Simulation.Tests.Phone;

public sealed class ReceptionCountersTests
{
    // Around the 16-bit wrap and around its half, where signed distance changes sign.
    public static TheoryData<ushort> FirstSequenceNumbers => [0, 1, 32_766, 32_768, 65_533, 65_535];

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void Loss_duplicates_and_order_are_counted_across_the_wrap(ushort first)
    {
        var counters = new ReceptionCounters();
        foreach (var offset in new[] { 0, 1, 3, 2, 3, 6, 7 })
            counters.Add(Header(first + offset, offset), 160, Ticks(offset * 20));
        Assert.Equal((6, 2, 1, 1), (counters.Packets, counters.Lost, counters.Duplicates, counters.OutOfOrder));
        Assert.Equal(0, counters.TimestampSteps);
    }

    [Fact]
    public void Steps_of_the_timestamp_and_new_streams_are_counted()
    {
        var counters = new ReceptionCounters();
        counters.Add(Header(1, 1), 160, Ticks(20));
        counters.Add(Header(2, 3), 160, Ticks(40));
        counters.Add(new RtpHeader(0, false, 9, 160, 5), 160, Ticks(60));
        counters.Add(new RtpHeader(0, false, 11, 480, 5), 160, Ticks(80));
        Assert.Equal((1, 1, 1), (counters.TimestampSteps, counters.SsrcChanges, counters.Lost));
        Assert.Equal(0, counters.Pauses);
    }

    [Fact]
    public void Time_that_a_sender_lets_pass_is_told_apart_from_loss()
    {
        var counters = new ReceptionCounters();
        counters.Add(Header(1, 1), 160, Ticks(20));
        counters.Add(Header(2, 5) with { Marker = true }, 160, Ticks(100));   // three packet times left out, and said so
        counters.Add(Header(3, 6) with { Marker = true }, 160, Ticks(120));   // a talk spurt begins in step
        counters.Add(Header(4, 5) with { Marker = true }, 160, Ticks(140));   // no pause goes backwards
        counters.Add(Header(6, 7), 160, Ticks(160));
        Assert.Equal((2, 1, 1), (counters.TimestampSteps, counters.Pauses, counters.Lost));
    }

    [Fact]
    public void Jitter_follows_the_RFC()
    {
        var counters = new ReceptionCounters();
        var expected = 0.0;
        for (var i = 0; i < 100; i++)
        {
            counters.Add(Header(i, i), 160, Ticks(i * 20 + i % 2 * 8));
            expected += i == 0 ? 0 : (8 - expected) / 16;
        }
        Assert.Equal(expected, counters.JitterMs, 3);
    }

    private static RtpHeader Header(int sequenceNumber, int frame) => new(0, false, (ushort)sequenceNumber, (uint)(frame * 160), 4);

    private static long Ticks(int ms) => ms * Stopwatch.Frequency / 1000;
}
