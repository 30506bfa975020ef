namespace VoiceAgent.Audio;

/// <summary>Finds the sounds on a line that end a silence too long for a pause between words.</summary>
/// <remarks>Told by the media thread, frame by frame; <see cref="Last"/> is read on any thread. Allocates nothing.</remarks>
internal sealed class LineSilence(TimeProvider time)
{
    /// <summary>Shortest silence that counts.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);

    private readonly Lock _gate = new();
    private SoundOnset _last;
    private TimeSpan _starved;
    private long _soundAt;
    private long _agentAt;

    /// <summary>There is a new <see cref="Last"/>. Raised on the media thread; set once, before the first frame.</summary>
    public Action? Ended { get; set; }

    /// <summary>The sound that ended a silence last; all zero before the first.</summary>
    public SoundOnset Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>A frame in which the agent is not heard.</summary>
    /// <param name="starved">For how much of it the agent had given nothing.</param>
    public void Quiet(TimeSpan starved) => _starved += starved;

    /// <summary>A frame in which the agent is held, so that a caller can have the word: no silence that anybody waits through.</summary>
    public void Held() => (_soundAt, _agentAt) = (time.GetTimestamp(), time.GetTimestamp());

    /// <summary>A frame that is heard.</summary>
    /// <param name="isAgent">Whether it is the agent, and no announcement.</param>
    public void Sound(bool isAgent)
    {
        var now = time.GetTimestamp();
        var since = isAgent ? _agentAt : _soundAt;
        var onset = new SoundOnset(now, since, isAgent, _starved >= Shortest);
        _soundAt = now;
        if (isAgent)
            (_agentAt, _starved) = (now, TimeSpan.Zero);
        if (time.GetElapsedTime(since, now) < Shortest)
            return;
        lock (_gate)
            _last = onset;
        Ended?.Invoke();
    }
}

/// <summary>A sound that ended a silence, in timestamps of the call's clock.</summary>
/// <param name="At">When it began.</param>
/// <param name="QuietSince">When the agent, or for an announcement anything at all, had been heard before; 0 for never.</param>
/// <param name="IsAgent">Whether it is the agent, and no announcement.</param>
/// <param name="WasStarved">Whether the agent had nothing to play meanwhile: it was no pause in what it says.</param>
internal readonly record struct SoundOnset(long At, long QuietSince, bool IsAgent, bool WasStarved);
