using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>Model audio on its way to the caller: chunks arrive as fast as the model makes them, the send path takes frames in real time.</summary>
/// <remarks>
/// One writer (Live receive loop) and one reader (media thread), without locks; the reader never allocates. Beyond the limit the newest
/// audio is dropped and counted: holding the receive loop back instead would hold back the <c>interrupted</c> behind the audio.
/// </remarks>
internal sealed class PlayoutBuffer : IPcmSource
{
    /// <summary>What the model speaks.</summary>
    public const int RateHz = 24_000;

    private readonly int _limitSamples;
    private readonly SegmentRing _ring;
    private readonly PlayoutTurns _turns = new();
    private readonly PlayoutFade _fade = new();
    private readonly PlayoutHold _hold = new();
    private readonly PitchStretch _stretch = new(RateHz);
    private Resampler? _resampler;
    private short[] _resampled = [];
    private long _written;
    private long _played;    // played or thrown away
    private long _flushTo;
    private long _heard;
    private long _heardTo;
    private long _dropped;
    private long _drawnOut;
    private bool _isIdle = true;

    /// <summary>An empty buffer.</summary>
    /// <param name="limit">Audio kept at most; 3 MB a minute, taken only while it is there.</param>
    public PlayoutBuffer(TimeSpan limit)
    {
        _limitSamples = (int)(limit.TotalSeconds * RateHz);
        _ring = new SegmentRing(_limitSamples);
    }

    /// <summary>Audio has come after idling. Raised on the writer's thread; set once, before the first write.</summary>
    public Action? BecameReady { get; set; }

    /// <summary>A turn has been played to its end, or was cut. Raised on the media thread, so it must neither block nor allocate.</summary>
    public Action<PlayedTurn>? TurnPlayed { get; set; }

    public int SampleRateHz => RateHz;

    /// <summary>While true nothing is played: the sound fades within 10 ms, and goes on later at the sample where it stopped. Media thread.</summary>
    public bool IsPaused { get; set; }

    /// <summary>True when the agent is in the middle of a turn, be it in a pause: some has been played, and more waits or may come. Media thread.</summary>
    public bool IsWithinTurn => _turns.IsWithin(Math.Max(_played, Volatile.Read(ref _flushTo)));

    /// <summary>Samples that wait to be played; any thread.</summary>
    public long QueuedSamples => Volatile.Read(ref _written) - Math.Max(Volatile.Read(ref _played), Volatile.Read(ref _flushTo));

    /// <summary>What the caller has heard so far, of an unfinished turn too, to the sample; any thread.</summary>
    public TimeSpan Heard => TimeSpan.FromSeconds((double)Volatile.Read(ref _heard) / RateHz);

    /// <summary>Samples that came so far up to the last one that the caller has heard; any thread.</summary>
    public long HeardTo => Volatile.Read(ref _heardTo);

    /// <summary>Samples that came so far; any thread.</summary>
    public long WrittenSamples => Volatile.Read(ref _written);

    /// <summary>Samples refused beyond the limit; any thread.</summary>
    public long DroppedSamples => Volatile.Read(ref _dropped);

    /// <summary>Times that audio came so late that the caller heard a hole in a turn; any thread.</summary>
    public long LateAudio => _hold.Late;

    /// <summary>Samples by which audio that came just in time was made longer, so that it does not run dry; any thread.</summary>
    public long DrawnOutSamples => Volatile.Read(ref _drawnOut);

    /// <summary>Appends audio; the first of a turn opens the turn, and ends the one before it. Writer's thread.</summary>
    /// <param name="pcm">Mono PCM16 of any length.</param>
    /// <param name="sampleRateHz">Rate of <paramref name="pcm"/>: 8000, 16000, 24000 or 48000.</param>
    /// <param name="turn">Number under which <see cref="TurnPlayed"/> reports it.</param>
    public void Write(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        if (sampleRateHz != RateHz)
            pcm = Resample(pcm, sampleRateHz);
        var room = (int)Math.Min(pcm.Length, _limitSamples - (_written - Volatile.Read(ref _played)));
        Volatile.Write(ref _dropped, _dropped + pcm.Length - room);
        if (room == 0)
            return;

        _turns.Begin(_written, turn);
        _ring.Append(_written, pcm[..room]);
        Volatile.Write(ref _written, _written + room);
        WakeIdleReader();
    }

    /// <summary>No more audio comes in this turn. Writer's thread.</summary>
    /// <returns>False when the turn had no audio; otherwise <see cref="TurnPlayed"/> follows once it has been heard.</returns>
    public bool CompleteTurn() => _turns.Close(_written);

    /// <summary>Ends all audio given so far within one frame, fading over 10 ms; <see cref="TurnPlayed"/> tells what was heard. Writer's thread.</summary>
    public void Flush()
    {
        _turns.Close(_written);
        Volatile.Write(ref _flushTo, _written);
        _resampler?.Reset();
    }

    /// <summary>Turns that <see cref="TurnPlayed"/> has not told, as they stand; once neither writer nor reader is at work any more.</summary>
    public IReadOnlyList<PlayedTurn> GetUnfinishedTurns() => _turns.GetUnreported(Volatile.Read(ref _written), Volatile.Read(ref _played));

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        var cut = CutIfFlushed(frame);
        var filled = IsPaused ? cut : cut + Copy(frame[cut..]);
        ReportTurns(_played);
        if (filled == frame.Length)
            Remember(frame);
        else
            filled = RunDry(frame, cut, filled);
        return filled;
    }

    private ReadOnlySpan<short> Resample(ReadOnlySpan<short> pcm, int sampleRateHz)
    {
        if (_resampler?.InputRateHz != sampleRateHz)
            _resampler = new Resampler(sampleRateHz, RateHz);
        if (_resampled.Length < _resampler.MaxOutputSamples(pcm.Length))
            _resampled = new short[_resampler.MaxOutputSamples(pcm.Length)];
        return _resampled.AsSpan(0, _resampler.Process(pcm, _resampled));
    }

    private void WakeIdleReader()
    {
        // Pairs with the fence in Copy: either the reader sees the samples or this sees the idle reader.
        Interlocked.MemoryBarrier();
        if (!Volatile.Read(ref _isIdle))
            return;
        Volatile.Write(ref _isIdle, false);
        BecameReady?.Invoke();
    }

    /// <summary>Plays the cut turn's next samples as a fade and jumps to what came after the flush.</summary>
    private int CutIfFlushed(Span<short> frame)
    {
        var flushTo = Volatile.Read(ref _flushTo);
        if (flushTo <= _played)
            return 0;

        var end = Math.Min(PlayoutFade.OutSamples, frame.Length);
        var heard = (int)Math.Min(end, flushTo - _played);
        if (!_fade.IsSounding)
            end = heard = 0;   // nothing of it has been heard: no need to begin
        _hold.Forget();
        _ring.CopyOut(_played, frame[..heard]);
        _fade.Out(frame, heard, end);
        ReportTurns(flushTo, _played + heard);
        Volatile.Write(ref _heard, _heard + heard);
        if (heard > 0)
            Volatile.Write(ref _heardTo, _played + heard);
        Advance(flushTo);
        return end;
    }

    private int Copy(Span<short> frame)
    {
        var available = Volatile.Read(ref _written) - _played;
        if (available == 0 && !_fade.IsSounding)
        {
            Volatile.Write(ref _isIdle, true);
            Interlocked.MemoryBarrier();
            available = Volatile.Read(ref _written) - _played;
        }
        var count = (int)Math.Min(frame.Length, available);
        if (count == 0)
            return 0;
        var moreToCome = _turns.IsOpenAt(_played);
        if (!_fade.IsSounding && _hold.Keeps(available, inTurn: !_turns.StartsAt(_played), moreToCome, frame.Length))
            return 0;
        if (moreToCome)
            _hold.OnPlayed(available - count);

        _ring.CopyOut(_played, frame[..count]);
        if (!_fade.IsSounding && !_turns.StartsAt(_played))
            PlayoutFade.In(frame[..count]);   // in the middle of a turn after an underrun
        var heard = count - (moreToCome ? DrawOut(frame[..count]) : 0);
        Advance(_played + heard);
        Volatile.Write(ref _heard, _heard + heard);
        Volatile.Write(ref _heardTo, _played);
        return count;
    }

    /// <summary>Makes a frame longer where the audio comes just in time; its end is then played again with the next one.</summary>
    private int DrawOut(Span<short> frame)
    {
        if (!_hold.DrawsOut(Volatile.Read(ref _written), _played, frame.Length) || !_fade.IsSounding)
            return 0;
        var samples = _stretch.Stretch(frame);
        _hold.OnDrawnOut(samples);
        Volatile.Write(ref _drawnOut, _drawnOut + samples);
        return samples;
    }

    private void Remember(ReadOnlySpan<short> frame)
    {
        _fade.Remember(frame);
        _stretch.Remember(frame);
    }

    private int RunDry(Span<short> frame, int cut, int filled)
    {
        if (filled > cut || _fade.IsSounding)
        {
            var end = Math.Min(frame.Length, filled + PlayoutFade.OutSamples);
            _fade.Out(frame, filled + (IsPaused ? CopyNext(frame[filled..end]) : 0), end);
            filled = end;
        }
        _hold.OnSilence(IsPaused ? _limitSamples : frame.Length - filled);   // what is held is not late, however soon it goes on
        frame[filled..].Clear();
        return filled;
    }

    // What would have come next carries the fade of a pause; it counts as unheard, and is heard again when the agent goes on.
    private int CopyNext(Span<short> frame)
    {
        var count = _turns.StartsAt(_played) ? 0 : (int)Math.Min(frame.Length, Volatile.Read(ref _written) - _played);
        _ring.CopyOut(_played, frame[..count]);
        return count;
    }

    private void Advance(long position)
    {
        _ring.Release(position);
        Volatile.Write(ref _played, position);
    }

    private void ReportTurns(long position) => ReportTurns(position, position);

    private void ReportTurns(long position, long heardTo)
    {
        while (_turns.TryTake(position, heardTo, out var turn))
        {
            _hold.OnTurnPlayed();
            TurnPlayed?.Invoke(turn);
        }
    }
}
