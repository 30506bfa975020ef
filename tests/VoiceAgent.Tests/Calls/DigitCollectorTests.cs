using Support;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

public sealed class DigitCollectorTests
{
    private readonly ManualTimeProvider _time = new();
    private int _pauses;

    [Fact]
    public void Digits_wait_for_a_pause_counted_from_the_last_one()
    {
        using var collector = Collector(TimeSpan.FromSeconds(1));
        Assert.False(collector.Add('1'));
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(collector.Add('2'));
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Equal(0, _pauses);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, _pauses);
        Assert.Equal("12", collector.Take());
        Assert.Equal("", collector.Take());
    }

    [Fact]
    public void Hash_completes_the_entry_and_is_part_of_it()
    {
        using var collector = Collector(TimeSpan.FromSeconds(1));
        collector.Add('4');
        Assert.True(collector.Add('#'));
        Assert.Equal("4#", collector.Take());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(0, _pauses);
    }

    [Fact]
    public void A_caller_who_leans_on_the_keypad_gets_entries_of_bounded_length()
    {
        using var collector = Collector(TimeSpan.FromSeconds(1));
        var longest = 0;
        for (var i = 0; i < 10_000; i++)
        {
            if (collector.Add('5'))
                longest = Math.Max(longest, collector.Take().Length);
        }
        Assert.Equal(64, longest);
    }

    private DigitCollector Collector(TimeSpan pause) => new(_time, pause, () => _pauses++);
}
