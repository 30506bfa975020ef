using Support;

namespace GeminiLive.Tests;

public sealed class LiveHistoryTests
{
    private const int Second = 24_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly LiveHistory _history;
    private readonly List<LiveTurnRecord> _turns = [];

    public LiveHistoryTests() => _history = new LiveHistory(_clock) { ReportsPlayout = true, TurnCompleted = _turns.Add };

    [Fact]
    public void Fragments_join_as_they_are_in_the_order_of_the_conversation()
    {
        Ask(" I would", " like a", " table.");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Say(1, Second, "For how", " many?");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        Assert.Equal(["I would like a table."], Texts());   // the answer still plays
        _history.Heard(1, Second, Second, wasCut: false);

        Assert.Equal(
            [new(LiveSpeaker.Caller, 0, "I would like a table.", "I would like a table.", false, 0, 0, false, 0),
             new(LiveSpeaker.Agent, 1, "For how many?", "For how many?", false, 1_000, 1_000, false, TimeSpan.TicksPerSecond)], _turns);
    }

    [Fact]
    public void What_was_heard_whole_is_one_string()
    {
        Ask(" I would", " like a table. ");
        Say(1, Second, "\n For how", " many? ");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        _history.Heard(1, Second, Second, wasCut: false);

        Assert.Equal(["I would like a table.", "For how many?"], Texts());
        Assert.All(_turns, turn => Assert.Same(turn.Text, turn.HeardText));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(20, "We have")]
    [InlineData(39, "We have three free")]
    [InlineData(99, "We have three free slots on Friday morning at")]
    [InlineData(100, "We have three free slots on Friday morning at ten")]
    public void Words_of_a_cut_turn_are_split_where_its_audio_was_cut(int playedPercent, string heard)
    {
        Say(1, 10 * Second, "We have three free", " slots on Friday", " morning at ten");
        _history.EndAgent(1, LiveTurnEnd.Interrupted);
        _history.Heard(1, 10 * Second, playedPercent * Second / 10, wasCut: playedPercent < 100);

        var turn = Assert.Single(_turns);
        Assert.Equal((heard, "We have three free slots on Friday morning at ten", true), (turn.HeardText, turn.Text, turn.WasCut));
        Assert.Equal((playedPercent is > 0 and < 100, 10_000, playedPercent * 100), (turn.IsEstimated, turn.ReceivedMs, turn.PlayedMs));
    }

    [Fact]
    public void Cut_never_splits_a_character_in_a_language_without_blanks()
    {
        var text = string.Concat(Enumerable.Repeat("𠮷", 50));
        Say(1, Second, text);
        _history.EndAgent(1, LiveTurnEnd.Interrupted);
        _history.Heard(1, 100, 51, wasCut: true);
        Assert.Equal(string.Concat(Enumerable.Repeat("𠮷", 25)), _turns[0].HeardText);
    }

    [Fact]
    public void Words_without_audio_were_not_heard()
    {
        _history.AddAgent(1, "Nobody hears this.");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        Assert.Equal(("Nobody hears this.", "", 0), (_turns[0].Text, _turns[0].HeardText, _turns[0].PlayedMs));
        Assert.Empty(_history.Seed(1_000));
    }

    [Fact]
    public void Rest_of_a_turn_that_was_lost_with_its_connection_is_unknown()
    {
        Say(1, Second, "We have three");
        _history.EndAgent(1, LiveTurnEnd.ConnectionLost);
        _history.EndAgent(1, LiveTurnEnd.Completed);
        _history.Heard(1, Second, Second, wasCut: false);
        Assert.True(_turns[0] is { WasCut: true, IsEstimated: true, HeardText: "We have three" });
    }

    [Fact]
    public void Words_that_come_after_the_end_of_their_turn_still_belong_to_it()
    {
        Say(1, Second, "Friday");
        _history.AddCaller("Hm");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        _history.AddAgent(1, " it is.");
        _history.Heard(1, Second, Second, wasCut: false);
        Assert.Equal("Friday it is.", _turns[0].Text);
    }

    [Fact]
    public void Late_words_of_the_question_stand_before_the_answer()
    {
        Ask("Only");
        Say(1, Second, "Friday it is.");
        Ask(" Friday works.");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        Ask("Thanks.");
        _history.Heard(1, Second, Second, wasCut: false);
        _history.Complete();
        Assert.Equal(["Only Friday works.", "Friday it is.", "Thanks."], Texts());
    }

    [Fact]
    public void Question_that_the_model_leaves_without_an_answer_is_a_turn()
    {
        Ask("Talking to my dog.");
        _history.EndAgent(0, LiveTurnEnd.Completed);
        Ask("Hello?");
        _history.Complete();
        Assert.Equal(["Talking to my dog.", "Hello?"], Texts());
    }

    [Fact]
    public void Empty_turns_leave_no_trace()
    {
        _history.AddAgent(1, " ");
        _history.EndAgent(1, LiveTurnEnd.Interrupted);
        _history.EndAgent(9, LiveTurnEnd.Completed);
        _history.Heard(9, 1, 1, wasCut: false);
        _history.Complete();
        Assert.Empty(_turns);
    }

    [Fact]
    public void Turn_whose_audio_was_passed_over_holds_nothing_up()
    {
        Say(1, Second, "Dropped.");
        Say(2, Second, "Played.");
        _history.EndAgent(2, LiveTurnEnd.Completed);
        _history.Heard(2, Second, Second, wasCut: false);
        Assert.Equal([(1, ""), (2, "Played.")], _turns.Select(turn => (turn.Turn, turn.HeardText)));
    }

    [Fact]
    public void Without_a_playout_what_was_received_counts_as_heard()
    {
        _history.ReportsPlayout = false;
        Say(1, Second, "All of it.");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        Assert.Equal(("All of it.", false), (_turns[0].HeardText, _turns[0].IsEstimated));
    }

    [Fact]
    public void Repeats_after_a_resume_are_kept_out()
    {
        Ask(" I would", " like a", " table.");
        _history.Resumed();
        Ask(" I would like", " a table.", " For two.");
        Say(1, Second, "Sure.", " For two.");
        _history.EndAgent(1, LiveTurnEnd.ConnectionLost);
        _history.Resumed();
        Say(2, 0, "Sure.", " For two.");
        _history.EndAgent(2, LiveTurnEnd.Completed);
        _history.Complete();
        Assert.Equal(["I would like a table. For two.", "Sure. For two."], Texts());
    }

    [Fact]
    public void New_words_that_merely_begin_like_the_old_ones_are_kept()
    {
        Ask("I would like a table.");
        _history.EndAgent(0, LiveTurnEnd.Completed);
        _history.Resumed();
        Ask("I", " want", " two.");
        _history.EndAgent(0, LiveTurnEnd.Completed);
        _history.Resumed();
        _clock.Advance(TimeSpan.FromSeconds(6));
        Ask("I want two.");
        _history.Complete();
        Assert.Equal(["I would like a table.", "I want two.", "I want two."], Texts());
    }

    [Fact]
    public void Seed_holds_what_was_heard_with_alternating_roles_and_notes_in_brackets()
    {
        Say(1, Second, "Welcome.");
        _history.EndAgent(1, LiveTurnEnd.Completed);
        _history.Heard(1, Second, Second, wasCut: false);
        Ask("A table", " please.");
        _history.AddNote("The caller pressed 5.");
        Say(2, 10 * Second, "We have three free slots on Friday");
        _history.EndAgent(2, LiveTurnEnd.Interrupted);
        _history.Heard(2, 10 * Second, 3 * Second, wasCut: true);
        Ask("Stop.");
        Say(3, Second, "Yes?");   // still playing

        LiveHistoryTurn[] all =
        [
            new(LiveRole.Model, "Welcome."), new(LiveRole.User, "A table please.\n[The caller pressed 5.]"), new(LiveRole.Model, "We have"),
            new(LiveRole.User, "Stop."), new(LiveRole.Model, "Yes?"),
        ];
        Assert.Equal(all, _history.Seed(1_000));
        Assert.Equal(all[3..], _history.Seed(10));
        Assert.Equal([new LiveHistoryTurn(LiveRole.Model, "s?")], _history.Seed(2));
        Assert.Empty(_history.Seed(0));
    }

    [Fact]
    public void Oldest_entries_give_way_and_are_counted()
    {
        for (var turn = 1; turn <= 600; turn++)
        {
            Ask($"q{turn}");
            Say(turn, 1, $"a{turn}");
            _history.EndAgent(turn, LiveTurnEnd.Completed);
        }
        Assert.Equal(200, _history.DroppedEntries);
        Assert.Equal("q101", _turns[^1].Text);   // those before it were told when they gave way
        Assert.Equal("q101", _history.Seed(int.MaxValue)[0].Text);
        Ask(new string('x', 30_000));
        Ask(new string('x', 30_000));
        Assert.Equal(30_000, _history.Seed(int.MaxValue)[^1].Text.Length);
    }

    private void Ask(params string[] fragments) => Array.ForEach(fragments, _history.AddCaller);

    private void Say(int turn, int samples, params string[] fragments)
    {
        _history.AddAudio(turn, samples, 24_000);
        Array.ForEach(fragments, fragment => _history.AddAgent(turn, fragment));
    }

    private IEnumerable<string> Texts() => _turns.Select(turn => turn.Text);
}
