using Support;

namespace GeminiLive.Tests;

/// <summary>Row A38 of the goals: a server that lets no connection wait, or not for long, is not asked for one over and over.</summary>
public sealed class WarmTermsTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly WarmTerms _terms;

    public WarmTermsTests() => _terms = new WarmTerms(new LiveOptions { WarmConnections = 2, WarmMaxAge = TimeSpan.FromMinutes(1) }, _clock);

    [Fact]
    public void Age_at_which_the_server_closes_them_is_learned_and_tried_again_later()
    {
        Assert.False(_terms.Closed(TimeSpan.FromSeconds(40)));
        Assert.Equal(30, _terms.MaxAge.TotalSeconds);
        Assert.True(_terms.MayOpen(1, TimeSpan.Zero));
        for (var i = 0; i < 7; i++)
            _terms.Aged();
        Assert.InRange(_terms.MaxAge.TotalSeconds, 58, 59);
        _terms.Aged();
        Assert.Equal(60, _terms.MaxAge.TotalSeconds);
    }

    [Fact]
    public void Server_that_closes_them_at_once_is_asked_once_a_minute()
    {
        var (opened, news) = (0, 0);
        for (var second = 0; second < 600; second++, _clock.Advance(TimeSpan.FromSeconds(1)))
        {
            for (var tries = 0; tries < 10 && _terms.MayOpen(0, TimeSpan.Zero); tries++)
            {
                opened++;
                _terms.Opened();
                news += _terms.Closed(TimeSpan.Zero) ? 1 : 0;
            }
        }
        // Three at first; then after 5, 10, 20, 40 s, and then each minute.
        Assert.Equal(3 + 4 + 8, opened);
        Assert.Equal(1, news);
    }

    [Fact]
    public void As_many_as_are_kept_may_be_closed_at_once_and_are_replaced_at_once()
    {
        for (var restart = 0; restart < 10; restart++)
        {
            Assert.False(_terms.Closed(TimeSpan.FromSeconds(1)));
            Assert.False(_terms.Closed(TimeSpan.FromSeconds(1)));
            Assert.True(_terms.MayOpen(1, TimeSpan.Zero));
            _terms.Pleased();
        }
    }

    [Fact]
    public void One_that_is_let_live_brings_back_the_others()
    {
        for (var i = 0; i < 3; i++)
            _terms.Closed(TimeSpan.Zero);
        _clock.Advance(WarmTerms.FirstRest);
        Assert.True(_terms.MayOpen(0, TimeSpan.Zero));
        _terms.Opened();
        Assert.False(_terms.MayOpen(1, TimeSpan.FromSeconds(9)));
        Assert.True(_terms.MayOpen(1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Server_that_cannot_be_reached_is_tried_ever_more_seldom_and_the_first_success_ends_that()
    {
        var rests = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            _terms.Failed();
            rests.Add(_terms.RestLeft.TotalSeconds);
            _clock.Advance(_terms.RestLeft);
            Assert.True(_terms.MayOpen(0, TimeSpan.Zero));
        }
        Assert.Equal([5, 10, 20, 40, 60, 60], rests);
        _terms.Opened();
        _terms.Failed();
        Assert.Equal(WarmTerms.FirstRest, _terms.RestLeft);
    }
}
