using VoiceAgent.Calls;

namespace VoiceAgent.PhoneTools;

/// <summary>Tells whether the agent has said something to the caller, and since when all of it has been heard.</summary>
/// <remarks>Owned by the call's loop, which looks often enough while it matters.</remarks>
internal sealed class AgentWords(CallBridge bridge, TimeProvider time)
{
    private long _audioAt;

    /// <summary>The agent speaks, or has spoken since the caller's last words.</summary>
    public bool AreSaid => HasAudio || bridge.IsTurnOpen || bridge.Line.AgentHeardAt > bridge.Speech.SpokeAt;

    /// <summary>Samples of it that came so far, heard or not.</summary>
    public long Samples => bridge.Playout.WrittenSamples;

    /// <summary>The model has not said that it has finished: more may come.</summary>
    public bool MayGoOn => bridge.IsTurnOpen;

    /// <summary>Time since the last of it was heard.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(Math.Max(_audioAt, bridge.Line.AgentHeardAt));

    private bool HasAudio => bridge.Playout.QueuedSamples > 0;

    /// <summary>Looks at what waits to be played.</summary>
    /// <returns>Whether there is something.</returns>
    public bool Look()
    {
        if (!HasAudio)
            return false;
        _audioAt = time.GetTimestamp();
        return true;
    }

    /// <summary>Whether the agent has been heard since then, or is about to be.</summary>
    public bool AreSaidSince(long timestamp) => HasAudio || bridge.Line.AgentHeardAt > timestamp;
}
