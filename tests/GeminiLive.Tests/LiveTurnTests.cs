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
}
