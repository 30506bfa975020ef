using VoiceAgent.Audio;

namespace VoiceAgent.TurnTaking;

/// <summary>Holds the agent's audio from the caller's first syllable until somebody has decided: the service confirms, or the agent goes on at the very sample.</summary>
/// <remarks>
/// Owned by the media thread, which hears the caller and reads the agent; <see cref="Confirm"/> comes from the receive loop. While it holds, what
/// waits counts neither as heard nor as over. A pause between two sentences of a turn is the agent's word too: who speaks into it holds the next one,
/// even one that has yet to come. A line whose syllables nobody ever confirms, such as one with a radio, is not believed for a while.
/// </remarks>
/// <param name="playout">What is held.</param>
/// <param name="window">How long the service may take to confirm.</param>
/// <param name="time">The call's clock.</param>
internal sealed class BargeInPause(PlayoutBuffer playout, TimeSpan window, TimeProvider time)
{
    private const int MostUnconfirmed = 3;

    // Who speaks so soon after the agent's last sound speaks into it, and into the turn that waits behind it.
    private static readonly TimeSpan AgentPause = TimeSpan.FromMilliseconds(300);

    // The detector's tail, and no more: a word that is over by the end of the window was no more than that.
    private static readonly TimeSpan StillSpeaking = TimeSpan.FromMilliseconds(60);

    // A new word only after so much quiet: a caller who talks on is not a second one.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Disbelief = TimeSpan.FromSeconds(20);

    // What is cut on this side passes through the call's loop.
    private static readonly TimeSpan CutMargin = TimeSpan.FromMilliseconds(200);

    private int _confirmations;
    private int _seen;
    private int _unconfirmed;
    private long _pausedAt;
    private long? _spokeAt;
    private long? _resumedAt;
    private int _speechMs;
    private bool _hasAsked;
    private bool _cutsIn;   // the caller's last word began within the turn at hand
    private bool _isPaused;

    /// <summary>The caller has talked through the whole window, and a service that has finished its turn will not confirm it. Raised on the media thread; set once.</summary>
    public Action? CallerTalksOn { get; set; }

    /// <summary>Whether the service has not closed the turn that is being played, so that it is the one to decide. Set once.</summary>
    public Func<bool> MayConfirm { get; set; } = () => true;

    /// <summary>True while the agent's audio is held; any thread.</summary>
    public bool IsPaused => Volatile.Read(ref _isPaused);

    /// <summary>True while the agent can be cut in on, be it in a pause of its own; media thread.</summary>
    public bool IsAgentInTurn => playout.IsWithinTurn;

    /// <summary>Pauses that nothing confirmed; media thread.</summary>
    public int Unconfirmed { get; private set; }

    /// <summary>Takes 10 ms of the caller.</summary>
    /// <param name="isSpeech">Whether the caller speaks.</param>
    /// <param name="agentHeardAt">When the agent was last heard; 0 for never.</param>
    public void Hear(bool isSpeech, long agentHeardAt)
    {
        if (_isPaused && isSpeech)
            _speechMs += BandSplitter.FrameMs;
        if (!isSpeech)
            return;
        var now = time.GetTimestamp();
        var isInAgentsWord = playout.IsWithinTurn || (agentHeardAt > 0 && time.GetElapsedTime(agentHeardAt, now) <= AgentPause);
        if (_spokeAt is not { } spokeAt || time.GetElapsedTime(spokeAt, now) > Rest)
            _cutsIn = isInAgentsWord && IsBelieved(now);
        _spokeAt = now;
        if (_cutsIn && isInAgentsWord && !_isPaused && playout.QueuedSamples > 0)
            Pause(now);
    }

    /// <summary>Ends the pause when it is decided or over; before every frame of the agent.</summary>
    /// <returns>True while the agent is to be silent.</returns>
    public bool Look()
    {
        var confirmations = Volatile.Read(ref _confirmations);
        var isConfirmed = confirmations != _seen;
        _seen = confirmations;
        _cutsIn &= !isConfirmed && playout.IsWithinTurn;
        if (!_isPaused)
            return false;
        if (isConfirmed)
            _unconfirmed = 0;
        else if (IsUndecided())
            return true;
        else
            GiveUp();
        Set(false);
        return false;
    }

    /// <summary>The caller has the word, and what was held has been thrown away; any thread.</summary>
    public void Confirm() => Interlocked.Increment(ref _confirmations);

    private bool IsUndecided()
    {
        var paused = time.GetElapsedTime(_pausedAt);
        if (paused < window)
            return true;
        if (!_hasAsked && !MayConfirm() && _speechMs > window.TotalMilliseconds / 2 && IsSpeaking())
        {
            _hasAsked = true;
            CallerTalksOn?.Invoke();
        }
        return _hasAsked && paused < window + CutMargin;
    }

    private bool IsSpeaking() => _spokeAt is { } spokeAt && time.GetElapsedTime(spokeAt) <= StillSpeaking;

    private bool IsBelieved(long now) => _unconfirmed < MostUnconfirmed || _resumedAt is not { } resumedAt || time.GetElapsedTime(resumedAt, now) > Disbelief;

    private void Pause(long now)
    {
        (_pausedAt, _speechMs, _hasAsked, _cutsIn) = (now, 0, false, false);
        Set(true);
    }

    private void GiveUp()
    {
        Unconfirmed++;
        _unconfirmed++;
        _resumedAt = time.GetTimestamp();
    }

    private void Set(bool isPaused)
    {
        Volatile.Write(ref _isPaused, isPaused);
        playout.IsPaused = isPaused;
    }
}
