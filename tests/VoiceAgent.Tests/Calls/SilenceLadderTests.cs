using GeminiLive;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;
using static VoiceAgent.Calls.SilenceAction;
using static VoiceAgent.Calls.SilenceCause;

namespace VoiceAgent.Tests.Calls;

public sealed class SilenceLadderTests : IWaitingCaller, IDisposable
{
    private readonly ManualTimeProvider _clock = new();
    private readonly SilenceLadder _ladder;
    private readonly List<(int AtMs, SilenceAction Action, SilenceCause Cause)> _steps = [];
    private int _fillerEnds;
    private bool _isWatching = true;
    private long _origin;
    private LineActivity _line;
    private SilenceAction? _refused;

    public SilenceLadderTests()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));   // 0 stands for never
        _ladder = new SilenceLadder(SilenceStep.Default, this, _clock, () => _ladder!.Update(_isWatching));
        _ladder.Update(_isWatching);
        _origin = _clock.GetTimestamp();
    }

    LineActivity IWaitingCaller.Line => _line;

    [Fact]
    public void Caller_who_gets_no_answer_climbs_every_rung_at_its_time()
    {
        CallerSpoke();
        Pass(30_000);
        Assert.Equal(
            [(1_800, Filler, NoAnswer), (2_800, Prompt, NoAnswer), (5_000, Nudge, NoAnswer), (8_000, Reconnect, NoAnswer), (11_500, Prompt, NoAnswer),
             (18_000, Apologise, NoAnswer)], _steps);
    }

    [Fact]
    public void Nothing_happens_while_nothing_is_due()
    {
        Pass(60_000);
        CallerSpoke();
        AgentHeard();
        Tell(new AnswerSettled());
        Pass(60_000);
        Assert.Empty(_steps);
        Assert.Equal(0, _clock.ActiveTimers);
    }

    [Fact]
    public void Model_that_stays_silent_of_its_own_accord_owes_nothing()
    {
        CallerSpoke();
        Pass(1_000);
        Tell(new AnswerSettled());
        Pass(60_000);
        Assert.Empty(_steps);
    }

    [Fact]
    public void Wait_counts_from_the_last_word_not_from_when_it_is_known()
    {
        CallerSpoke(knownAfterMs: 400);
        Pass(1_400);
        Assert.Equal(Filler, Assert.Single(_steps).Action);
    }

    [Fact]
    public void Turn_that_stalls_is_filled_after_less_than_a_second()
    {
        CallerSpoke();
        Pass(1_000);
        _line = _line with { TurnIsOpen = true };
        AgentHeard();
        Pass(5_000);
        Assert.Equal(
            [(1_900, Filler, TurnStalled), (2_800, Filler, TurnStalled), (3_800, Prompt, TurnStalled), (6_000, Nudge, TurnStalled)], _steps);
    }

    [Fact]
    public void Turn_that_begins_after_a_long_peaceful_pause_has_all_its_time()
    {
        AgentHeard();
        Pass(60_000);
        _line = _line with { TurnIsOpen = true };
        _ladder.Update(_isWatching);
        Pass(800);
        Assert.Empty(_steps);
        AgentHeard();
        Pass(1_000);
        Assert.Equal([(61_700, Filler, TurnStalled)], _steps);
    }

    [Fact]
    public void Answer_that_came_before_the_end_of_the_words_was_noticed_counts_as_one()
    {
        _ladder.CallerBegan();
        _line = _line with { ReceivedSamples = 24_000, CallerSpokeAt = _clock.GetTimestamp() };
        _ladder.CallerSpoke();
        Tell(new AnswerSettled());
        Pass(3_000);
        Assert.Equal([NothingAudible, NothingAudible], _steps.Select(step => step.Cause));
    }

    [Fact]
    public void Agent_that_goes_on_begins_the_wait_anew()
    {
        _line = _line with { TurnIsOpen = true };
        AgentHeard();
        Pass(4_000);
        AgentHeard();
        _steps.Clear();
        Pass(2_000);
        Assert.Equal([Filler, Filler], _steps.Select(step => step.Action));
        _line = _line with { TurnIsOpen = false };
        Tell(new GenerationComplete(1));
        Assert.True(_fillerEnds > 0);
        Pass(30_000);
        Assert.Equal(2, _steps.Count);
    }

    [Fact]
    public void Hello_into_the_silence_brings_comfort_again_and_does_not_put_recovery_off()
    {
        CallerSpoke();
        for (var i = 0; i < 4; i++)
        {
            Pass(4_000);
            _line = _line with { CallerIsSpeaking = true };
            _ladder.Update(_isWatching);
            Pass(500);
            CallerSpoke();
        }
        Pass(4_000);
        Assert.Equal(5, _steps.Count(step => step.Action == Filler));
        Assert.Equal(5, _steps.Count(step => step.Action == Prompt && step.AtMs % 4_500 < 3_000));
        Assert.Single(_steps, step => step.Action == Nudge);
        Assert.Single(_steps, step => step.Action == Reconnect);
        Assert.Single(_steps, step => step.Action == Apologise);
    }

    [Fact]
    public void Caller_who_pauses_within_a_long_story_is_not_hurried()
    {
        for (var i = 0; i < 20; i++)
        {
            CallerSpoke();
            Pass(1_000);
            _line = _line with { CallerIsSpeaking = true };
            _ladder.Update(_isWatching);
            Pass(2_000);
        }
        Assert.Empty(_steps);
    }

    [Fact]
    public void Audio_in_which_nothing_can_be_heard_is_no_answer()
    {
        CallerSpoke();
        _line = _line with { ReceivedSamples = 24_000 };
        Tell(new AnswerSettled());
        Pass(3_000);
        Assert.Equal([(1_800, Filler, NothingAudible), (2_800, Prompt, NothingAudible)], _steps);
    }

    [Fact]
    public void Model_that_thinks_is_left_in_peace_while_the_caller_is_comforted_and_not_for_ever()
    {
        CallerSpoke();
        Pass(500);
        AgentHeard();
        Tell(new TurnComplete(IsIdle: false, Reason: null, Turn: 1));
        Pass(30_000);
        Assert.Equal(
            [(1_400, Filler, Thinking), (2_300, Filler, Thinking), (3_300, Prompt, Thinking), (12_000, Prompt, Thinking), (14_000, Reconnect, Thinking),
             (18_500, Apologise, Thinking)], _steps);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answer_after_a_tool_or_a_thought_that_is_heard_only_after_its_end_leaves_nothing_due(bool isTool)
    {
        CallerSpoke();
        Tell(isTool ? new ToolCallsRequested([]) : new TurnComplete(IsIdle: false, Reason: null, Turn: 1));
        _line = _line with { ReceivedSamples = 24_000 };
        Tell(new AnswerSettled());
        Pass(500);
        AgentHeard();
        Pass(60_000);
        Assert.Empty(_steps);
    }

    [Fact]
    public void Second_refused_answer_in_a_row_gives_the_connection_up_at_once()
    {
        CallerSpoke();
        Pass(1_000);
        Tell(new TurnComplete(IsIdle: true, "RESPONSE_REJECTED", Turn: 0));
        Pass(500);
        Tell(new TurnComplete(IsIdle: true, "RESPONSE_REJECTED", Turn: 0));
        Assert.Equal([(1_500, Reconnect, Rejected)], _steps);
        Pass(500);
        Assert.Equal(Filler, _steps[^1].Action);
    }

    [Fact]
    public void Tool_and_thought_and_lost_connection_keep_the_caller_waiting()
    {
        Tell(new ToolCallsRequested([]));
        AgentHeard();
        Pass(1_000);
        Assert.Equal([(900, Filler, ToolOpen)], _steps);
        Tell(new AnswerSettled());
        _steps.Clear();

        _line = _line with { IsReconnecting = true };
        AgentHeard();
        Tell(new TurnComplete(IsIdle: false, Reason: null, Turn: 1));
        Pass(3_000);
        Assert.All(_steps, step => Assert.Equal(Reconnecting, step.Cause));
        Assert.Equal([Filler, Prompt], _steps.Select(step => step.Action));
    }

    [Fact]
    public void Model_is_reminded_on_the_new_connection_when_the_time_for_it_came_while_there_was_none()
    {
        _line = _line with { IsReconnecting = true };
        CallerSpoke();
        Pass(9_000);
        Assert.DoesNotContain(_steps, step => step.Action == Nudge);
        _line = _line with { IsReconnecting = false };
        Tell(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: true));
        Pass(1_000);
        Assert.Equal((9_000, Nudge, NoAnswer), _steps[^1]);
    }

    [Fact]
    public void Connection_that_was_too_young_to_be_given_up_is_given_up_when_it_no_longer_is()
    {
        _refused = Reconnect;
        CallerSpoke();
        Pass(9_700);
        Assert.DoesNotContain(_steps, step => step.Action == Reconnect);
        _refused = null;
        Pass(500);
        Assert.Equal((10_000, Reconnect, NoAnswer), _steps[^1]);
        Pass(1_000);
        Assert.Single(_steps, step => step.Action == Reconnect);
    }

    [Fact]
    public void Sound_that_is_not_configured_is_not_asked_for_again()
    {
        _refused = Filler;
        CallerSpoke();
        Pass(2_000);
        _refused = null;
        Pass(700);
        Assert.Empty(_steps);
    }

    [Fact]
    public void Model_that_waits_for_a_tool_is_never_blamed_and_the_other_rungs_count_from_the_answer()
    {
        CallerSpoke();
        _line = _line with { Tools = new ToolWait(ToolWaitKind.Blocking, null, null), SoundHeardAt = long.MaxValue / 2 };
        Tell(new ToolCallsRequested([]));
        Pass(40_000);
        CallerSpoke();   // "hello?"
        Pass(20_000);
        Assert.All(_steps, step => Assert.True(step.Action is Filler or Prompt && step.Cause == ToolOpen));
        Assert.True(_steps.Count(step => step.Action == Prompt) >= 5, "words were not said again");

        _steps.Clear();
        _origin = _clock.GetTimestamp();
        _line = _line with { Tools = default };
        _ladder.ResultSent(isToBeSpoken: true);
        _ladder.Update(_isWatching);
        Pass(8_500);
        Assert.Equal([(5_000, Nudge), (8_000, Reconnect)], _steps.Where(step => step.Action is Nudge or Reconnect).Select(step => (step.AtMs, step.Action)));
    }

    [Fact]
    public void Result_of_which_the_caller_is_not_told_leaves_nothing_due()
    {
        CallerSpoke();
        AgentHeard();
        Tell(new ToolCallsRequested([]));
        _ladder.ResultSent(isToBeSpoken: false);
        Tell(new AnswerSettled());
        Pass(60_000);
        Assert.Empty(_steps);
    }

    [Fact]
    public void Result_that_came_while_the_agent_spoke_is_due_once_that_was_heard_unless_the_next_turn_has_begun()
    {
        _line = _line with { TurnIsOpen = true, HasUnplayed = true, Turn = 1 };
        AgentHeard();
        _ladder.ResultSent(isToBeSpoken: true);
        _line = _line with { TurnIsOpen = false, HasUnplayed = false };
        AgentHeard();
        Pass(3_000);
        Assert.Equal([(1_800, Filler, NoAnswer), (2_800, Prompt, NoAnswer)], _steps);

        _steps.Clear();
        AgentHeard();
        _line = _line with { TurnIsOpen = true, HasUnplayed = true, Turn = 2 };
        AgentHeard();
        _ladder.ResultSent(isToBeSpoken: true);
        _line = _line with { Turn = 3 };
        AgentHeard();
        _line = _line with { TurnIsOpen = false, HasUnplayed = false };
        AgentHeard();
        Pass(60_000);
        Assert.Empty(_steps);
    }

    [Fact]
    public void Whoever_cuts_the_agent_off_is_owed_an_answer_although_the_last_frame_is_heard_later()
    {
        _ladder.Interrupted();
        Pass(20);
        AgentHeard();
        Pass(3_000);
        Assert.Equal([Filler, Prompt], _steps.Select(step => step.Action));
    }

    [Fact]
    public void On_hold_nobody_waits_and_the_wait_begins_anew_after_it()
    {
        CallerSpoke();
        Pass(1_000);
        _isWatching = false;
        _ladder.Update(_isWatching);
        Pass(60_000);
        _isWatching = true;
        _ladder.Update(_isWatching);
        _origin = _clock.GetTimestamp();
        Pass(2_000);
        Assert.Equal([(1_800, Filler, NoAnswer)], _steps);
    }

    bool IWaitingCaller.Climb(SilenceStep step, SilenceCause cause, TimeSpan silence)
    {
        if (step.Action == _refused)
            return false;
        _steps.Add(((int)_clock.GetElapsedTime(_origin).TotalMilliseconds, step.Action, cause));
        return true;
    }

    void IWaitingCaller.NoteDeadAir(DeadAirCause cause, TimeSpan silence, DeadAirEnd end)
    {
    }

    void IWaitingCaller.EndFiller() => _fillerEnds++;

    public void Dispose() => _ladder.Dispose();

    private void CallerSpoke(int knownAfterMs = 0)
    {
        _ladder.CallerBegan();
        _line = _line with { CallerSpokeAt = _clock.GetTimestamp(), CallerIsSpeaking = false };
        Pass(knownAfterMs);
        _ladder.CallerSpoke();
        _ladder.Update(_isWatching);
    }

    private void AgentHeard()
    {
        _line = _line with { AgentHeardAt = _clock.GetTimestamp() };
        _ladder.Update(_isWatching);
    }

    private void Tell(LiveEvent liveEvent)
    {
        _ladder.Note(liveEvent);
        _ladder.Update(_isWatching);
    }

    private void Pass(int ms) => _clock.Advance(TimeSpan.FromMilliseconds(ms));
}
