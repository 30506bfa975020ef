using VoiceAgent.Audio;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Calls;

/// <summary>The caller as <see cref="SilenceLadder"/> sees them: what is heard on the line, and what can be done about silence; replaced in tests.</summary>
/// <remarks>Used on the call's loop.</remarks>
internal interface IWaitingCaller
{
    /// <summary>The line at this moment.</summary>
    LineActivity Line { get; }

    /// <summary>A rung is reached.</summary>
    /// <param name="step">The rung.</param>
    /// <param name="cause">Why the caller waits.</param>
    /// <param name="silence">For how long the agent has not been heard.</param>
    /// <returns>False when it could not be done.</returns>
    bool Climb(SilenceStep step, SilenceCause cause, TimeSpan silence);

    /// <summary>A silence in which something was due has ended.</summary>
    /// <param name="cause">What was waited for, most of the time.</param>
    /// <param name="silence">How long it was.</param>
    /// <param name="end">Whether the agent ended it.</param>
    void NoteDeadAir(DeadAirCause cause, TimeSpan silence, DeadAirEnd end);

    /// <summary>The wait is over, or the caller speaks: no filler any more.</summary>
    void EndFiller();
}

/// <summary>Who was heard when, as timestamps of the call's clock (0: never).</summary>
/// <param name="AgentHeardAt">When the caller last heard the agent.</param>
/// <param name="CallerSpokeAt">When the caller was last heard to speak.</param>
/// <param name="CallerIsSpeaking">Whether the caller speaks now.</param>
/// <param name="TurnIsOpen">The model has begun to speak and not said that it has finished.</param>
/// <param name="ReceivedSamples">Audio that the model has given so far.</param>
/// <param name="IsReconnecting">There is no Live connection.</param>
internal readonly record struct LineActivity(
    long AgentHeardAt, long CallerSpokeAt, bool CallerIsSpeaking, bool TurnIsOpen, long ReceivedSamples, bool IsReconnecting)
{
    /// <summary>When the caller last heard anything at all.</summary>
    public long SoundHeardAt { get; init; }

    /// <summary>The sound that ended a silence last.</summary>
    public SoundOnset Onset { get; init; }

    /// <summary>Number of the agent's turn whose audio came last.</summary>
    public int Turn { get; init; }

    /// <summary>Audio of the agent waits to be played.</summary>
    public bool HasUnplayed { get; init; }

    /// <summary>Tools that run meanwhile.</summary>
    public ToolWait Tools { get; init; }
}
