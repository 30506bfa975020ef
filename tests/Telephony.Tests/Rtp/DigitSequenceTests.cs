using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class DigitSequenceTests
{
    [Theory]
    [InlineData("0123456789*#ABCD", true)]
    [InlineData("abcd,w1W", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("12x", false)]
    [InlineData("1 2", false)]
    [InlineData("+49", false)]
    public void Takes_keys_and_pauses_only(string? text, bool isRight) => Assert.Equal(isRight, DigitSequence.TryParse(text, 100, 100, out _));

    [Fact]
    public void Length_counts_keys_gaps_and_pauses()
    {
        Assert.True(DigitSequence.TryParse("1,w2", 100, 50, out var sequence));
        Assert.Equal(TimeSpan.FromMilliseconds(150 + 2_000 + 500 + 150), sequence.Length);
        Assert.False(DigitSequence.TryParse(new string('1', DigitSequence.MaxLength + 1), 100, 100, out _));
    }

    [Theory]
    [InlineData(39, 100)]
    [InlineData(100, 1_001)]
    public void Times_that_no_receiver_understands_are_refused(int durationMs, int gapMs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitSequence.TryParse("1", durationMs, gapMs, out _));
}
