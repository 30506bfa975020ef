namespace VoiceAgent.Audio;

/// <summary>How long audio waits in <see cref="PlayoutBuffer"/> before it is played: not at all, until some came too late for its place in a sentence.</summary>
/// <remarks>
/// A model that speaks faster than real time needs no delay, and its first words leave at once. When a sentence runs dry, the playout is behind by the gap as soon as the
/// audio is back; what it waits beyond that is the margin for the next gap, which is as long if the network or the model sends in bursts. Later
/// turns begin with that margin, until one shows that it needs less. Audio that comes just in time gets its margin before it runs dry: by being drawn out. Owned by the media thread; counts time in samples read. Allocates nothing.
/// </remarks>
internal sealed class PlayoutHold
{
    private const int SamplesPerMs = PlayoutBuffer.RateHz / 1_000;
    private const int Step = 60 * SamplesPerMs;
    private const int Longest = 180 * SamplesPerMs;
    private const int StepBack = 20 * SamplesPerMs;

    // A turn that always had so much left would have stood a shorter delay.
    private const int Plenty = 60 * SamplesPerMs;

    // What audio that comes as fast as it is spoken is to find still waiting when it comes.
    private const int Margin = 60 * SamplesPerMs;

    // A model that is faster than the caller listens has shown it by then.
    private const int Settled = 100 * SamplesPerMs;

    // More than any gap that waiting could bridge: no need to wait for the margin as well.
    private const int Ample = 240 * SamplesPerMs;

    // A model that is silent for longer waits for a tool or thinks: that is no lateness, and no delay would help.
    private const int Pause = 1_000 * SamplesPerMs;

    private int _hold;
    private int _waited;
    private int _silent;
    private long _least = long.MaxValue;
    private int _sounded;
    private int _missing;
    private long _known;
    private bool _drewOut;
    private long _late;

    /// <summary>Times that a sentence ran dry and went on; any thread.</summary>
    public long Late => Volatile.Read(ref _late);

    /// <summary>Nothing is there to be played.</summary>
    /// <param name="samples">For so long.</param>
    public void OnSilence(int samples)
    {
        _silent = Math.Min(_silent + samples, Pause + 1);
        (_sounded, _missing) = (0, 0);
    }

    /// <summary>Audio is there after silence; true when it is to wait for as long as the frame lasts.</summary>
    /// <param name="queued">Samples that wait.</param>
    /// <param name="inTurn">It goes on in the middle of a turn.</param>
    /// <param name="moreToCome">The turn is not complete.</param>
    /// <param name="samples">Length of the frame.</param>
    public bool Keeps(long queued, bool inTurn, bool moreToCome, int samples)
    {
        if (_waited == 0 && inTurn && _silent <= Pause)
            OnLate();
        if (!moreToCome || queued >= Ample || _waited >= _hold)
        {
            Forget();
            return false;
        }
        _waited += samples;
        return true;
    }

    /// <summary>What waits is played, or never will be.</summary>
    public void Forget() => (_waited, _silent) = (0, 0);

    /// <summary>A frame of a turn was played that is not complete.</summary>
    /// <param name="left">Samples that wait behind it.</param>
    public void OnPlayed(long left) => _least = Math.Min(_least, left);

    /// <summary>A frame of a turn that is not complete is about to be played; true when it is to last longer than it is.</summary>
    /// <param name="written">Samples that ever came.</param>
    /// <param name="played">Samples of them that were played before.</param>
    /// <param name="samples">Length of the frame.</param>
    public bool DrawsOut(long written, long played, int samples)
    {
        _sounded = Math.Min(_sounded + samples, Settled);
        if (written != _known && _sounded >= Settled)
            _missing = (int)Math.Clamp(Margin - (_known - played), 0, Margin);
        _known = written;
        // Two in a row would be heard as a slower voice.
        _drewOut = !_drewOut && _missing > 0 && written - played < Ample;
        return _drewOut;
    }

    /// <summary>A frame has been drawn out.</summary>
    /// <param name="samples">By so much.</param>
    public void OnDrawnOut(int samples) => _missing -= samples;

    /// <summary>A turn has been played to its end.</summary>
    public void OnTurnPlayed()
    {
        if (_least >= Plenty)
            _hold = Math.Max(0, _hold - StepBack);
        _least = long.MaxValue;
    }

    private void OnLate()
    {
        _hold = Math.Min(_hold + Step, Longest);
        Volatile.Write(ref _late, _late + 1);
    }
}
