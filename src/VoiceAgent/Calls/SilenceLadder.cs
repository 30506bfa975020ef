using GeminiLive;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>Measures how long a caller to whom an answer is due has heard nothing of the agent, and climbs the configured rungs while that lasts.</summary>
/// <remarks>
/// Owned by the call's loop; its timer only asks that loop to come back. The agent's voice, or a model that yields of its own accord, ends the
/// wait. New words of the caller bring the comforting rungs again, but a caller who says "hello?" into the silence does not put the others off.
/// While a tool runs there is nobody to be reminded or given up: the caller is comforted, again and again, and the other rungs count from its answer.
/// </remarks>
internal sealed class SilenceLadder : IDisposable
{
    // Two refused answers in a row: the session will not find its way out by itself.
    private const int RejectionsToReconnect = 2;

    // Between two looks whether a connection that was too young to be given up is old enough.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    // The last frame of a turn that was cut is heard after the cut is known.
    private static readonly TimeSpan CutMargin = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<SilenceStep> _steps;
    private readonly bool[] _taken;
    private readonly IWaitingCaller _caller;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly ComfortAgain _again;
    private readonly DeadAir _deadAir;
    private bool _isOwed;
    private bool _isToolOpen;
    private long _calledAt;
    private int? _resultTurn;   // a result is to be spoken after this turn
    private bool _wasToolRunning;
    private long _toolRanUntil;
    private bool _isThinking;
    private bool _isSettled;   // but for what has not been heard yet
    private int _rejections;
    private long _owedSince;
    private long _receivedBefore;
    private long _watchedSince;
    private long _dueSince;
    private long _waitsSince;
    private bool _isDue;
    private bool _isWatching;
    private long _origin;
    private TimeSpan _carried;

    /// <param name="steps">The rungs, in the order in which they are taken when several are due at once.</param>
    /// <param name="caller">The caller who may come to wait.</param>
    /// <param name="time">The call's clock.</param>
    /// <param name="wake">Makes the call's loop run <see cref="Update"/>; comes from any thread.</param>
    public SilenceLadder(IReadOnlyList<SilenceStep> steps, IWaitingCaller caller, TimeProvider time, Action wake)
    {
        _steps = steps;
        _taken = new bool[steps.Count];
        _caller = caller;
        _time = time;
        _again = new ComfortAgain(time);
        _deadAir = new DeadAir(time, caller.NoteDeadAir);
        _timer = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>An answer is due from now on, unless one is already: the agent was asked to speak.</summary>
    public void Expect()
    {
        if (!_isOwed)
            Owe(_time.GetTimestamp());
    }

    /// <summary>The caller has begun to speak: what the model gives from now on may be the answer.</summary>
    public void CallerBegan() => _receivedBefore = _caller.Line.ReceivedSamples;

    /// <summary>The caller has said something.</summary>
    public void CallerSpoke()
    {
        _isOwed = true;
        _owedSince = Math.Max(_caller.Line.CallerSpokeAt, _owedSince);
    }

    /// <summary>A tool's result has been handed to the model.</summary>
    /// <param name="isToBeSpoken">Whether the caller is to hear of it.</param>
    public void ResultSent(bool isToBeSpoken)
    {
        var line = _caller.Line;
        if (!isToBeSpoken)
        {
            _isToolOpen &= line.Tools.Kind != ToolWaitKind.None;
            return;
        }
        if (line.TurnIsOpen || line.HasUnplayed)
            _resultTurn = line.Turn;
        else
            Owe(_time.GetTimestamp());
        Forget();
    }

    /// <summary>The agent was cut off: whoever cut in is owed an answer.</summary>
    public void Interrupted()
    {
        _isThinking = _isToolOpen = _isSettled = false;
        _resultTurn = null;
        Owe(_time.GetTimestamp() + (long)(CutMargin.TotalSeconds * _time.TimestampFrequency));
    }

    /// <summary>Takes what a Live event tells about what is owed.</summary>
    public void Note(LiveEvent liveEvent)
    {
        switch (liveEvent)
        {
            case ToolCallsRequested:
                (_isToolOpen, _isSettled, _calledAt) = (true, false, _time.GetTimestamp());
                break;
            case TurnComplete { IsIdle: false }:
                (_isThinking, _isSettled) = (true, false);
                break;
            case TurnComplete { Reason: not (null or "NEED_MORE_INPUT") }:
                Rejected();
                break;
            case ToolCallsCancelled:
                _isToolOpen = false;
                break;
            case AnswerSettled when HasUnheardAnswer(_caller.Line):
                _isSettled = true;
                break;
            case AnswerSettled:
                Settle();
                break;
        }
    }

    /// <summary>Looks at the line and climbs as far as is due; after every signal to the call, and when the timer asks.</summary>
    /// <param name="isWatching">Whether the caller is connected to the agent at all, and not on hold.</param>
    public void Update(bool isWatching)
    {
        if (isWatching && !_isWatching)
            _watchedSince = _time.GetTimestamp();
        _isWatching = isWatching;
        var line = _caller.Line;
        _deadAir.Hear(line.Onset);
        if (_resultTurn is { } turn && !line.TurnIsOpen && !line.HasUnplayed)
            TurnBeforeResultHeard(wasSpoken: line.Turn > turn);
        if (_isOwed && line.AgentHeardAt > _owedSince)
            Answered();
        var isDue = _isOwed || _isToolOpen || _isThinking || line.TurnIsOpen || line.Tools.Kind != ToolWaitKind.None;
        if (isDue && !_isDue)
            (_dueSince, _waitsSince) = (_time.GetTimestamp(), _isOwed ? _owedSince : _time.GetTimestamp());
        if (line.CallerIsSpeaking)
            _waitsSince = 0;   // they wait from their last word on
        _isDue = isDue;
        if (!isWatching || line.CallerIsSpeaking || !isDue)
        {
            Rest(line.CallerIsSpeaking);
            return;
        }
        var origin = Math.Max(Math.Max(_isOwed ? _owedSince : _dueSince, _watchedSince), Math.Max(line.AgentHeardAt, line.CallerSpokeAt));
        if (origin != _origin)
            Start(origin, agentWasHeard: origin == line.AgentHeardAt);
        NoteTool(line);
        var cause = Cause(line);
        _deadAir.Wait(Math.Max(Math.Max(_waitsSince, _watchedSince), Math.Max(line.AgentHeardAt, line.CallerSpokeAt)), WaitsFor(cause, line), _isOwed);
        Climb(cause, line);
        Arm(cause, line);
    }

    public void Dispose() => _timer.Dispose();

    // What the caller has waited for a tool is nobody's fault: a connection that is lost then has all its time.
    private void NoteTool(LineActivity line)
    {
        var isRunning = IsToolRunning(line);
        if (_wasToolRunning && !isRunning)
            _toolRanUntil = _time.GetTimestamp();
        _wasToolRunning = isRunning;
    }

    private void Owe(long since)
    {
        _isOwed = true;
        _owedSince = Math.Max(since, _owedSince);
        _receivedBefore = _caller.Line.ReceivedSamples;
    }

    private void TurnBeforeResultHeard(bool wasSpoken)
    {
        _resultTurn = null;
        if (!wasSpoken)
            Owe(_time.GetTimestamp());
    }

    private void Settle()
    {
        _isOwed = _isToolOpen = _isThinking = _isSettled = false;
        _rejections = 0;
        Forget();
    }

    /// <summary>The agent is heard: what comes is its turn, which may still stall.</summary>
    private void Answered()
    {
        if (_isSettled)
            _isToolOpen = _isThinking = _isSettled = false;
        _isOwed = false;
        _rejections = 0;
        Forget();
    }

    private void Rejected()
    {
        Expect();
        if (++_rejections < RejectionsToReconnect)
            return;
        for (var i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].Action == SilenceAction.Reconnect && !_taken[i] && IsFor(_steps[i], SilenceCause.Rejected))
                Take(i, SilenceCause.Rejected);
        }
    }

    private void Rest(bool forCaller)
    {
        _deadAir.Rest();
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_origin == 0)
            return;
        if (forCaller && _taken.Contains(true))
            _carried += Silence;
        else if (!forCaller)
            Forget();
        _origin = 0;
        _caller.EndFiller();
    }

    private TimeSpan Silence => _time.GetElapsedTime(_origin);

    private void Start(long origin, bool agentWasHeard)
    {
        if (agentWasHeard)
            Forget();
        _origin = origin;
        for (var i = 0; i < _steps.Count; i++)
            _taken[i] &= !IsComfort(_steps[i]);
    }

    private void Forget()
    {
        _carried = TimeSpan.Zero;
        Array.Clear(_taken);
        _again.Forget();
    }

    private void Climb(SilenceCause cause, LineActivity line)
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            if (!_taken[i] && IsFor(i, cause, line) && Left(i, line) <= TimeSpan.Zero)
                Take(i, cause);
        }
        if (IsToolRunning(line) && _again.Left(line, isLast: !HasComfortLeft(cause, line)) <= TimeSpan.Zero && LastComfort(cause) is >= 0 and var again)
            Take(again, cause);
    }

    private void Take(int index, SilenceCause cause)
    {
        var isDone = _caller.Climb(_steps[index], cause, Silence);
        if (isDone && IsComfort(_steps[index]))
            _again.Taken(_steps[index]);
        // What the connection at hand does not allow yet is still to be done; a sound that is not configured is not.
        _taken[index] = isDone || _steps[index].Action is not (SilenceAction.Nudge or SilenceAction.Reconnect);
    }

    private void Arm(SilenceCause cause, LineActivity line)
    {
        var next = IsToolRunning(line) ? _again.Left(line, isLast: !HasComfortLeft(cause, line)) : null;
        for (var i = 0; i < _steps.Count; i++)
        {
            // What is for another cause is looked at again with the event that changes the cause.
            if (_taken[i] || !IsFor(i, cause, line))
                continue;
            var left = Left(i, line) is var wait && wait > TimeSpan.Zero ? wait : RetryInterval;
            if (next is null || left < next)
                next = left;
        }
        if (next <= TimeSpan.Zero)
            next = RetryInterval;
        _timer.Change(next ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private bool HasComfortLeft(SilenceCause cause, LineActivity line)
    {
        for (var i = 0; i < _steps.Count; i++)
        {
            if (!_taken[i] && IsFor(i, cause, line))
                return true;
        }
        return false;
    }

    private int LastComfort(SilenceCause cause)
    {
        var last = -1;
        for (var i = 0; i < _steps.Count; i++)
        {
            if (IsComfort(_steps[i]) && IsFor(_steps[i], cause) && (last < 0 || _steps[i].Action == SilenceAction.Prompt))
                last = i;
        }
        return last;
    }

    private TimeSpan Left(int index, LineActivity line)
    {
        var step = _steps[index];
        var after = step.Action == SilenceAction.Filler && IsToolRunning(line) && line.Tools.FillerAfter is { } wanted ? FillerAfter(index, wanted) : step.After;
        // Who has heard that it will take a moment needs no words about it while there is some sound.
        if (step.Action == SilenceAction.Prompt && IsToolRunning(line) && line.Tools.Kind == ToolWaitKind.Meanwhile && !_isToolOpen)
            return Later(after - Silence, _again.QuietLeft(line));
        return IsComfort(step) ? after - Silence : after - _time.GetElapsedTime(Math.Max(_origin, _toolRanUntil)) - _carried;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    // The tool's own wait takes the place of the first filler's; a later one does not come before it.
    private TimeSpan FillerAfter(int index, TimeSpan wanted)
    {
        for (var i = 0; i < index; i++)
        {
            if (_steps[i].Action == SilenceAction.Filler && IsFor(_steps[i], SilenceCause.ToolOpen))
                return _steps[index].After > wanted ? _steps[index].After : wanted;
        }
        return wanted;
    }

    private SilenceCause Cause(LineActivity line) =>
        line.IsReconnecting ? SilenceCause.Reconnecting
        : _rejections > 0 ? SilenceCause.Rejected
        : IsToolRunning(line) ? SilenceCause.ToolOpen
        : HasUnheardAnswer(line) ? SilenceCause.NothingAudible
        : _isThinking ? SilenceCause.Thinking
        : _isToolOpen ? SilenceCause.ToolOpen
        : !_isOwed ? SilenceCause.TurnStalled
        : SilenceCause.NoAnswer;

    // A model is faster than its voice: what is missing in mid-sentence is on its way.
    private DeadAirCause WaitsFor(SilenceCause cause, LineActivity line) => cause switch
    {
        SilenceCause.Reconnecting => DeadAirCause.Reconnect,
        SilenceCause.TurnStalled => DeadAirCause.Network,
        SilenceCause.ToolOpen when IsToolRunning(line) => DeadAirCause.Tool,
        _ => DeadAirCause.Model,
    };

    /// <summary>The wait is for a tool: the model says nothing until it has ended, or was asked nothing else since it called.</summary>
    private bool IsToolRunning(LineActivity line) => !line.IsReconnecting && _rejections == 0
        && (line.Tools.Kind == ToolWaitKind.Blocking || (line.Tools.Kind == ToolWaitKind.Meanwhile && !(_isOwed && _owedSince > _calledAt)));

    /// <summary>Audio has come, but nothing that could be heard; or it has not been played yet.</summary>
    private bool HasUnheardAnswer(LineActivity line) => _isOwed && line.ReceivedSamples > _receivedBefore && line.AgentHeardAt <= _owedSince;

    private static bool IsComfort(SilenceStep step) => step.Action is SilenceAction.Filler or SilenceAction.Prompt;

    // A model that waits for us can be neither reminded nor given up.
    private bool IsFor(int index, SilenceCause cause, LineActivity line) => IsFor(_steps[index], cause) && (IsComfort(_steps[index]) || !IsToolRunning(line));

    // Nobody can be reminded while there is no connection; the next one is, since it may not have heard what the caller said meanwhile.
    private static bool IsFor(SilenceStep step, SilenceCause cause) =>
        (step.Causes.Count == 0 || step.Causes.Contains(cause)) && (step.Action != SilenceAction.Nudge || cause != SilenceCause.Reconnecting);
}
