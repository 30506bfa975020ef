namespace Storage.Tests;

public sealed class DatabaseTextTests
{
    [Fact]
    public void Moment_is_written_in_utc_with_a_fixed_length_and_read_back()
    {
        var moment = new DateTimeOffset(2026, 3, 29, 1, 30, 0, 5, TimeSpan.FromHours(2));

        Assert.Equal("2026-03-28T23:30:00.005Z", DatabaseText.From(moment));
        Assert.Equal(moment, DatabaseText.ToMoment(DatabaseText.From(moment)));
    }
}
