using FsCheck;
using FsCheck.Fluent;
using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class SequenceNumberTests
{
    // Around the 16-bit wrap and around its half, where signed distance changes sign.
    public static TheoryData<ushort> FirstSequenceNumbers => [0, 1, 32_766, 32_768, 65_533, 65_535];

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void Distance_undoes_Add_for_every_step_of_less_than_half_the_circle(ushort first)
    {
        foreach (var steps in new[] { 0, 1, 2, 100, 32_767, -1, -2, -100, -32_767 })
            Assert.Equal(steps, SequenceNumber.Distance(first, SequenceNumber.Add(first, steps)));
    }

    [Theory, MemberData(nameof(FirstSequenceNumbers))]
    public void Half_the_circle_counts_as_behind(ushort first) =>
        Assert.Equal(-32_768, SequenceNumber.Distance(first, SequenceNumber.Add(first, 32_768)));

    [Fact]
    public void Timestamps_wrap_too()
    {
        Assert.Equal(160, SequenceNumber.TimestampDistance(uint.MaxValue - 79, 80));
        Assert.Equal(-160, SequenceNumber.TimestampDistance(80, uint.MaxValue - 79));
    }

    [Fact]
    public void Distance_is_antisymmetric_except_at_half_the_circle() =>
        Prop.ForAll<ushort, ushort>((a, b) =>
            unchecked((ushort)(a - b)) == 32_768 || SequenceNumber.Distance(a, b) == -SequenceNumber.Distance(b, a)).QuickCheckThrowOnFailure();
}
