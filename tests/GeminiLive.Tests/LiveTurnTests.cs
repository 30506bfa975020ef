using Support;

namespace GeminiLive.Tests;

public sealed class LiveTurnTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    private readonly ManualTimeProvider _clock = new();
    private readonly LiveTurn _turn;

    public LiveTurnTests() => _turn = new LiveTurn(_clock, Quiet);

    [Fact]
    public void Stale_output_is_dead_until_the_turn_completes()
    {
        Assert.True(_turn.Admit());
        _turn.Interrupt();
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(Quiet / 2);
            Assert.False(_turn.Admit());
        }
        _turn.Complete();
        Assert.True(_turn.Admit());
    }

    [Fact]
    public void Quiet_proves_a_new_generation()
    {
        _turn.Admit();
        _turn.Interrupt();
        _clock.Advance(Quiet / 2);
        Assert.False(_turn.Admit());
        _clock.Advance(Quiet);
        Assert.True(_turn.Admit());
        Assert.True(_turn.Admit());
    }

    [Fact]
    public void Interruption_between_the_generation_and_the_end_of_its_turn_voids_what_is_left()
    {
        _turn.Admit();
        Assert.True(_turn.CompleteGeneration());
        _turn.Interrupt();
        Assert.False(_turn.Admit());
    }

    [Fact]
    public void End_of_a_dead_generation_makes_room_for_the_next_one()
    {
        _turn.Admit();
        _turn.Interrupt();
        Assert.False(_turn.Admit());
        Assert.False(_turn.CompleteGeneration());
        Assert.True(_turn.Admit());
    }

    [Fact]
    public void Interruption_of_nothing_voids_nothing()
    {
        _turn.Interrupt();
        Assert.True(_turn.Admit());
        _turn.Complete();
        _turn.Interrupt();
        Assert.True(_turn.Admit());
    }

    [Fact]
    public void Generation_runs_from_its_first_output_to_its_end_or_its_cut()
    {
        Assert.False(_turn.IsGenerating);
        _turn.Admit();
        Assert.True(_turn.IsGenerating);
        _turn.CompleteGeneration();
        Assert.False(_turn.IsGenerating);
        _turn.Admit();
        _turn.Interrupt();
        Assert.False(_turn.IsGenerating);
    }

    [Fact]
    public void Turn_is_numbered_by_its_first_output_after_the_last_end()
    {
        Assert.Equal(0, _turn.Number);
        _turn.Admit();
        _turn.Admit();
        Assert.Equal((1, 1), (_turn.Number, _turn.OpenNumber));
        _turn.CompleteGeneration();
        _turn.Admit();
        Assert.Equal(2, _turn.Number);
        _turn.Complete();
        Assert.Equal((2, 0), (_turn.Number, _turn.OpenNumber));
        _turn.Admit();
        _turn.Interrupt();
        Assert.Equal((3, 3), (_turn.Number, _turn.OpenNumber));
        _clock.Advance(Quiet);
        _turn.Admit();
        Assert.Equal(4, _turn.Number);
    }

    [Fact]
    public void Words_between_the_end_of_a_generation_and_of_its_turn_are_its_last_ones()
    {
        _turn.Admit();
        _turn.CompleteGeneration();
        Assert.True(_turn.AdmitWords());
        Assert.Equal((1, false), (_turn.Number, _turn.IsGenerating));
        _turn.Complete();
        Assert.True(_turn.AdmitWords());
        Assert.Equal(2, _turn.Number);
        _turn.Interrupt();
        Assert.False(_turn.AdmitWords());
    }
}
