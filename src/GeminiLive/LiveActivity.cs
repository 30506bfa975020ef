namespace GeminiLive;

/// <summary>Manual activity detection of one session: our own detector says where the caller's turn begins and ends, in place of the service's.</summary>
/// <remarks>
/// <see cref="Hold"/> comes from any thread; all else belongs to the send loop. Audio outside a turn is not sent, since the service throws it
/// away; its last half second is kept and sent first once a turn has begun. Allocates only when built.
/// </remarks>
internal sealed class LiveActivity
{
    private const int PreRollMs = 500;

    private readonly int _chunkSamples;
    private readonly short[] _preRoll;
    private readonly ActivityDetector _detector;
    private int _written;
    private int _read;
    private volatile bool _isHeld;
    private volatile bool _isReleased;

    /// <summary>A session's activity.</summary>
    /// <param name="isManual">False when the service detects, so that everything is sent and nothing marked.</param>
    /// <param name="chunkSamples">Samples at 16 kHz in each chunk.</param>
    /// <param name="onsetMs">Speech needed before a turn begins.</param>
    /// <param name="hangoverMs">Quiet needed before it ends.</param>
    public LiveActivity(bool isManual, int chunkSamples, int onsetMs = 200, int hangoverMs = 700)
    {
        IsManual = isManual;
        _chunkSamples = chunkSamples;
        var chunkMs = chunkSamples * 1000 / Uplink.RateHz;
        _detector = new ActivityDetector(chunkMs, onsetMs, hangoverMs);
        // The onset is over before the turn begins; what is sent first reaches back to half a second before it.
        _preRoll = isManual ? new short[chunkSamples * ((PreRollMs + onsetMs + chunkMs - 1) / chunkMs)] : [];
    }

    /// <summary>The activity that the settings ask for; their times are those of our own detector when it is the one that detects.</summary>
    public static LiveActivity For(ActivityDetectionSettings settings, int chunkSamples) =>
        new(string.Equals(settings.Mode, "Manual", StringComparison.OrdinalIgnoreCase), chunkSamples, settings.PrefixPaddingMs ?? 200, settings.SilenceDurationMs ?? 700)
        {
            Interrupts = settings.ActivityHandling?.EndsWith("NO_INTERRUPTION", StringComparison.OrdinalIgnoreCase) != true,
        };

    /// <summary>Whether a turn of the caller cuts what the model is saying.</summary>
    public bool Interrupts { get; private init; } = true;

    /// <summary>Whether turns are marked here.</summary>
    public bool IsManual { get; }

    /// <summary>True between <c>activityStart</c> and <c>activityEnd</c>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Keeps a turn open whatever is heard, or ends it.</summary>
    /// <returns>False unless turns are marked here.</returns>
    public bool Hold(bool isOpen)
    {
        (_isHeld, _isReleased) = (isOpen, !isOpen);
        return IsManual;
    }

    /// <summary>A new connection knows of no turn.</summary>
    public void Reset() => IsOpen = false;

    /// <summary>Takes the next chunk.</summary>
    /// <param name="chunk">Its samples.</param>
    /// <param name="isSpeech">Whether the caller speaks in it, as <see cref="Uplink.IsSpeech"/> tells; null to go by its level.</param>
    /// <returns>What to do with it.</returns>
    public ActivityStep Hear(ReadOnlySpan<short> chunk, bool? isSpeech = null)
    {
        _detector.Hear(chunk, isSpeech);
        var wasReleased = _isReleased;
        _isReleased = false;
        var isActive = _isHeld || (_detector.IsActive && !wasReleased);
        if (IsOpen)
        {
            IsOpen = isActive;
            return isActive ? ActivityStep.Send : ActivityStep.End;
        }
        Keep(chunk);
        IsOpen = isActive && !wasReleased;
        return IsOpen ? ActivityStep.Start : ActivityStep.Withhold;
    }

    /// <summary>Takes the kept audio, oldest first, the chunk that began the turn last.</summary>
    /// <returns>False when all of it has been taken.</returns>
    public bool TryReadPreRoll(Span<short> chunk)
    {
        if (_read == _written)
            return false;
        _preRoll.AsSpan(_read % _preRoll.Length, _chunkSamples).CopyTo(chunk);
        _read += _chunkSamples;
        return true;
    }

    private void Keep(ReadOnlySpan<short> chunk)
    {
        chunk.CopyTo(_preRoll.AsSpan(_written % _preRoll.Length));
        _written += _chunkSamples;
        _read = Math.Max(_read, _written - _preRoll.Length);
        if (_read < _preRoll.Length)
            return;
        _read -= _preRoll.Length;
        _written -= _preRoll.Length;
    }
}

/// <summary>What becomes of a chunk under manual activity detection.</summary>
internal enum ActivityStep
{
    /// <summary>Nobody speaks: it is kept back.</summary>
    Withhold,

    /// <summary>A turn begins: mark it, then send what was kept, this chunk included.</summary>
    Start,

    /// <summary>It belongs to the open turn.</summary>
    Send,

    /// <summary>The turn is over: mark it.</summary>
    End,
}
