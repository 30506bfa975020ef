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
            _terms.Taken(TimeSpan.FromSeconds(2));
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
    public void One_that_waits_or_was_taken_does_not_shorten_the_rests_after_others_that_could_not_be_opened()
    {
        var rests = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            _terms.Failed();
            _terms.Taken(TimeSpan.FromSeconds(15));
            Assert.False(_terms.MayOpen(1, TimeSpan.FromSeconds(15)));
            rests.Add(_terms.RestLeft.TotalSeconds);
            _clock.Advance(_terms.RestLeft);
            Assert.True(_terms.MayOpen(1, TimeSpan.FromSeconds(15)));
        }
        Assert.Equal([5, 10, 20, 40, 60, 60], rests);
    }

    [Fact]
    public void Sessions_that_take_young_ones_neither_repeat_the_warning_nor_start_the_rests_anew()
    {
        Assert.Equal([false, false, true], CloseThree());
        foreach (var rest in (double[])[5, 10, 20, 40, 60])
        {
            Assert.Equal(rest, _terms.RestLeft.TotalSeconds);
            _clock.Advance(_terms.RestLeft);
            _terms.Opened();
            _terms.Taken(TimeSpan.FromSeconds(2));
            Assert.True(_terms.MayOpen(0, TimeSpan.Zero));
            Assert.False(_terms.MayOpen(1, TimeSpan.Zero));
            _terms.Opened();
            Assert.False(_terms.Closed(TimeSpan.FromSeconds(3)));
        }
        Assert.True(_terms.MayOpen(1, TimeSpan.FromSeconds(10)));   // this one was let live
        Assert.Equal([false, false, true], CloseThree());
    }

    [Fact]
    public void More_taken_in_a_row_than_are_kept_end_the_trial_and_the_warning_is_not_repeated()
    {
        CloseThree();
        _clock.Advance(_terms.RestLeft);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(_terms.MayOpen(1, TimeSpan.Zero));
            _terms.Taken(TimeSpan.FromSeconds(2));
        }
        Assert.True(_terms.MayOpen(1, TimeSpan.Zero));
        Assert.Equal([false, false, false], CloseThree());
        Assert.Equal(WarmTerms.FirstRest, _terms.RestLeft);
    }

    [Fact]
    public void Those_that_are_closed_together_cost_one_rest()
    {
        for (var i = 0; i < 4; i++)
            CloseThree();
        Assert.Equal(WarmTerms.FirstRest, _terms.RestLeft);
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

    private bool[] CloseThree() => [.. Enumerable.Range(0, 3).Select(_ => _terms.Closed(TimeSpan.FromSeconds(3)))];
}
