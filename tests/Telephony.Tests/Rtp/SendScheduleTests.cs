using Telephony.Rtp;

namespace Telephony.Tests.Rtp;

public sealed class SendScheduleTests
{
    private const long Ms = 1_000_000;

    private readonly SendSchedule _schedule = new();

    public SendScheduleTests()
    {
        _schedule.SetPtime(20 * Ms);
        _schedule.Start(100 * Ms);
    }

    [Fact]
    public void Is_absolute_whatever_the_lateness_of_single_packets()
    {
        for (var i = 0; i < 180_000; i++)
        {
            Assert.Equal(0, _schedule.SkipMissed(_schedule.DueNs + i % 40 * Ms));
            _schedule.Next();
        }
        Assert.Equal(100 * Ms + 180_000L * 20 * Ms, _schedule.DueNs);
    }

    [Fact]
    public void A_talk_spurt_leaves_at_once_keeps_its_phase_and_gives_it_back_at_the_end()
    {
        _schedule.Next();                       // sent at 100, the next is due at 120
        _schedule.StartNow(103 * Ms);
        Assert.Equal(103 * Ms, _schedule.DueNs);
        _schedule.Next();
        Assert.Equal(123 * Ms, _schedule.DueNs);
        _schedule.StartNow(110 * Ms);           // told twice: the phase moves once
        Assert.Equal(123 * Ms, _schedule.DueNs);
        _schedule.Restore();
        Assert.Equal(140 * Ms, _schedule.DueNs);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(50, 0)]
    [InlineData(51, 2)]
    [InlineData(2000, 100)]
    [InlineData(2019, 100)]
    public void Up_to_three_packets_are_caught_up_and_more_are_given_up(int lateMs, int missed)
    {
        Assert.Equal(missed, _schedule.SkipMissed((100 + lateMs) * Ms));
        var burst = 0;
        for (; _schedule.DueNs <= (100 + lateMs) * Ms; burst++)
            _schedule.Next();
        Assert.InRange(burst, 1, 3);
    }
}
