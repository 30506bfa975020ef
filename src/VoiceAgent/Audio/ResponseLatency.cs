namespace VoiceAgent.Audio;

/// <summary>Measures on the line how soon the agent is heard after the caller's last word: caller speech, agent audio -> the call's record.</summary>
/// <remarks>Told by the media thread, frame by frame; <see cref="Last"/> is read on any thread. Allocates nothing.</remarks>
/// <param name="caller">Who speaks before.</param>
/// <param name="time">The call's clock.</param>
internal sealed class ResponseLatency(CallerSpeech caller, TimeProvider time)
{
    // A word between two of the agent's own is no question: before an answer there is a pause at least this long.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private ResponseTime _last;
    private long _agentAt;
    private long _heldAt;

    /// <summary>There is a new <see cref="Last"/>. Raised on the media thread; set once, before the first frame.</summary>
    public Action? Measured { get; set; }

    /// <summary>The answer heard last; all zero before the first.</summary>
    public ResponseTime Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>A frame in which the agent is held, so that a caller can have the word. Where they get it, what comes next is an answer, be their word as short as it may.</summary>
    public void Held() => _heldAt = time.GetTimestamp();

    /// <summary>Nobody wanted the word: the agent goes on with what it was saying, which is no answer.</summary>
    public void WentOn() => _agentAt = _heldAt;

    /// <summary>A frame in which the agent is heard.</summary>
    public void Heard()
    {
        var now = time.GetTimestamp();
        var quietSince = _agentAt;
        _agentAt = now;
        var spokeAt = caller.SpokeAt;
        if (spokeAt <= quietSince || time.GetElapsedTime(quietSince, now) < ShortestPause)
            return;
        lock (_gate)
            _last = new ResponseTime(now, time.GetElapsedTime(spokeAt, now));
        Measured?.Invoke();
    }
}

/// <summary>One answer of the agent.</summary>
/// <param name="At">When it was heard: a timestamp of the call's clock.</param>
/// <param name="Latency">Time since the caller's last loud sound.</param>
internal readonly record struct ResponseTime(long At, TimeSpan Latency);
