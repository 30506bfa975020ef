using Support;
using Telephony.Calls;

namespace Telephony.Tests.Calls;

public sealed class DigitFilterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly DigitFilter _filter;

    public DigitFilterTests() => _filter = new DigitFilter(_time);

    [Fact]
    public void A_key_that_comes_both_ways_is_told_once()
    {
        Assert.True(Press('1', DigitSource.Rtp));
        Assert.False(Press('1', DigitSource.Info));
        Assert.True(Press('2', DigitSource.Info));
        Assert.False(Press('2', DigitSource.Rtp));
    }

    [Fact]
    public void The_same_key_twice_both_ways_is_two_digits_in_any_order_of_reports()
    {
        Assert.Equal([true, false, true, false], new[] { DigitSource.Rtp, DigitSource.Info, DigitSource.Rtp, DigitSource.Info }.Select(source => Press('1', source)));
        Assert.Equal([true, true, false, false], new[] { DigitSource.Rtp, DigitSource.Rtp, DigitSource.Info, DigitSource.Info }.Select(source => Press('2', source)));
    }

    [Fact]
    public void The_same_key_the_same_way_is_always_new() =>
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(Press('5', DigitSource.Info)));

    [Fact]
    public void Behind_the_window_the_other_way_is_a_new_press()
    {
        Assert.True(Press('9', DigitSource.Rtp));
        _time.Advance(DigitFilter.Window);
        Assert.False(Press('9', DigitSource.Info));
        Assert.True(Press('8', DigitSource.Rtp));
        _time.Advance(DigitFilter.Window + TimeSpan.FromMilliseconds(1));
        Assert.True(Press('8', DigitSource.Info));
    }

    private bool Press(char digit, DigitSource source) => _filter.IsNew(digit, source);
}
