namespace Telephony.Audio;

/// <summary>Fills the gaps that lost packets leave by repeating the last pitch cycle; sits inside decoders that have no concealment of their own.</summary>
/// <remarks>
/// In the spirit of ITU-T G.711 Appendix I, without its 3.75 ms of delay: good audio passes at once, and the step where a gap begins is
/// removed by an offset that decays instead of an overlap. Held for 20 ms, then faded into the line's own background noise until 80 ms. Where it is known what follows,
/// the repetition of that, backwards, takes over in the middle of the gap's end, and the level goes over evenly, in decibels.
/// Otherwise good audio after a gap is overlap-added. Owned by the decoder's thread. Allocates only when built.
/// </remarks>
public sealed class WaveformConcealment
{
    private const double HoldMs = 20;
    private const double FadedMs = 80;

    // Of what went before, so much is compared: the latest of a voice tells more than all of it.
    private const int PastWindowMs = 10;

    // Of what comes behind a gap one packet is known, mostly 20 ms: enough for voices above 80 Hz.
    private const int FutureWindowMs = 8;
    private const int FutureLagMs = 12;
    private const int BridgeMs = 20;

    // One repetition takes over from the other in so much of the bridge: where both sound they are not the voice of either.
    private const double TakeOverShare = 0.4;

    // Levels between which the gap's goes over; below is silence to an ear.
    private const int LevelMs = 15;
    private const double SilentDbov = -65;

    // Of the steepest step around the gap: between two samples a wave may be steeper than they tell. What repeats itself exactly keeps its form.
    private const float SlopeShare = 0.7f;
    private const double Tonal = 0.95;

    // A voice that begins behind the gap must not be heard before it: how much of what follows tells how loud the gap's end may be.
    private const int NearFutureMs = 6;

    // Overlap at recovery: longer after longer gaps, since the phases have drifted apart (G.711 Appendix I section I.2.7).
    private const double MinOverlapMs = 4;
    private const double MaxOverlapMs = 10;

    /// <summary>No background is louder than this; guards against taking speech for noise when a call begins with it.</summary>
    private const double MaxNoiseDbov = -50;

    /// <summary>Growth of the noise estimate per second of audio above it: it follows a rising background by 3 dB a second.</summary>
    private const double NoiseRisePerSecond = 0.4;

    private readonly int _sampleRateHz;
    private readonly short[] _history;   // what was played last, newest at the end
    private readonly float[] _past;      // the same as floats, when a gap begins
    private readonly float[] _future;    // what comes behind the gap, the latest first
    private readonly PitchRepetition _forward;
    private readonly PitchRepetition _backward;
    private readonly ComfortNoise _noise = new();
    private readonly double _maxNoiseRms = PcmLevel.FromDbov(MaxNoiseDbov);

    private float _peak;
    private float _steepest;
    private float _slopeShare;
    private double _levelBefore;
    private float _noiseRms;
    private int _gapSamples;      // made up since the gap began; 0 outside a gap
    private int _overlap;
    private int _overlapLeft;

    /// <param name="sampleRateHz">Rate of all samples, in Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 8000 Hz.</exception>
    public WaveformConcealment(int sampleRateHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRateHz, 8000);
        _sampleRateHz = sampleRateHz;
        _forward = new PitchRepetition(new PitchSearch(sampleRateHz, PastWindowMs), sampleRateHz);
        _backward = new PitchRepetition(new PitchSearch(sampleRateHz, FutureWindowMs, FutureLagMs), sampleRateHz);
        _history = new short[_forward.PastSamples];
        _past = new float[_forward.PastSamples];
        _future = new float[_backward.PastSamples];
    }

    /// <summary>Takes decoded audio on its way out and, after a gap, blends its beginning with the end of the concealment, in place.</summary>
    public void Accept(Span<short> pcm)
    {
        if (_gapSamples > 0)
            Overlap(pcm);
        else
            FollowNoise(pcm);
        Remember(pcm);
    }

    /// <summary>Fills the whole span with a continuation of what was played; consecutive calls continue one gap and fade out.</summary>
    public void Conceal(Span<short> pcm)
    {
        if (_gapSamples == 0 || _overlapLeft > 0)
            BeginGap();
        var (last, most) = ((float)_history[^1], _slopeShare * _steepest);
        for (var i = 0; i < pcm.Length; i++)
            last = pcm[i] = PcmVector.ToPcm(Math.Clamp(NextSample(), last - most, last + most));
        Remember(pcm);
    }

    /// <summary>Ends a gap when it is known already what comes behind it: leads the concealment over to that, so that nothing of it need be blended.</summary>
    /// <param name="pcm">What <see cref="Conceal"/> filled last; its end is changed.</param>
    /// <param name="following">The good audio behind it, which is handed to <see cref="Accept"/> next; less than 20 ms changes nothing.</param>
    public void Bridge(Span<short> pcm, ReadOnlySpan<short> following)
    {
        if (following.Length < _future.Length || pcm.IsEmpty)
            return;
        for (var i = 0; i < _future.Length; i++)
            _future[_future.Length - 1 - i] = following[i];
        _backward.Begin(_future);
        var end = pcm[^Math.Min(pcm.Length, _sampleRateHz * BridgeMs / 1000)..];
        float before = end.Length == pcm.Length ? _history[^(pcm.Length + 1)] : pcm[^(end.Length + 1)];
        TakeOver(end, following);
        PcmSlope.Limit(end, before, following[0], _slopeShare * Math.Max(_steepest, PcmSlope.Steepest(following)));
        _gapSamples = 0;
        var kept = end[Math.Max(0, end.Length - _history.Length)..];
        kept.CopyTo(_history.AsSpan(_history.Length - kept.Length));
    }

    private void TakeOver(Span<short> end, ReadOnlySpan<short> following)
    {
        var peak = Math.Max(_peak, PcmLevel.Peak(following[..(_sampleRateHz * NearFutureMs / 1000)]));
        var behind = LevelOf(following[..(_sampleRateHz * LevelMs / 1000)]);
        for (var i = 1; i <= end.Length; i++)
        {
            var past = (double)i / (end.Length + 1);   // 0 where what follows begins, 1 at the start
            var weight = 0.5 + 0.5 * Math.Cos(Math.PI * Math.Clamp((past - 0.5) / TakeOverShare + 0.5, 0, 1));
            var sample = (1 - weight) * end[^i] + weight * _backward.Next();
            var level = Math.Pow(_levelBefore, past) * Math.Pow(behind, 1 - past) / ((1 - weight) * _levelBefore + weight * behind);
            end[^i] = PcmVector.ToPcm((float)Math.Clamp(Math.Min(1, level) * sample, -peak, peak));
        }
    }

    /// <summary>Forgets the past, as for a new stream.</summary>
    public void Reset()
    {
        Array.Clear(_history);
        _noiseRms = 0;
        _gapSamples = 0;
        _overlapLeft = 0;
    }

    private void BeginGap()
    {
        PcmVector.ToSingle(_history, _past);
        _forward.Begin(_past);
        _gapSamples = 0;
        _overlapLeft = 0;
        _peak = PcmLevel.Peak(_history);
        _steepest = PcmSlope.Steepest(_history);
        _slopeShare = _forward.Likeness > Tonal ? 1 : SlopeShare;
        _levelBefore = LevelOf(_history.AsSpan(_history.Length - _sampleRateHz * LevelMs / 1000));
    }

    private static double LevelOf(ReadOnlySpan<short> pcm) => Math.Max(PcmLevel.Rms(pcm), PcmLevel.FromDbov(SilentDbov));

    private float NextSample()
    {
        var ms = _gapSamples++ * 1000.0 / _sampleRateHz;
        var gain = (float)Math.Clamp((FadedMs - ms) / (FadedMs - HoldMs), 0, 1);
        var sample = gain * _forward.Next() + (1 - gain) * _noiseRms * _noise.Next();
        return Math.Clamp(sample, -_peak, _peak);   // a rising wave plus its offset could exceed what was ever heard
    }

    private void Overlap(Span<short> pcm)
    {
        if (_overlapLeft == 0)
            _overlapLeft = _overlap = OverlapSamples();

        var count = Math.Min(_overlapLeft, pcm.Length);
        for (var i = 0; i < count; i++)
        {
            var madeUp = _overlapLeft-- / (_overlap + 1f);
            pcm[i] = PcmVector.ToPcm(madeUp * NextSample() + (1 - madeUp) * pcm[i]);
        }
        if (_overlapLeft == 0)
            _gapSamples = 0;
    }

    private int OverlapSamples()
    {
        var gapMs = _gapSamples * 1000.0 / _sampleRateHz;
        return (int)(Math.Clamp(0.4 * gapMs, MinOverlapMs, MaxOverlapMs) * _sampleRateHz / 1000);
    }

    // The quietest audio lately is the background: falls at once, rises slowly.
    private void FollowNoise(ReadOnlySpan<short> pcm)
    {
        if (pcm.IsEmpty)
            return;
        var rise = 1 + NoiseRisePerSecond * pcm.Length / _sampleRateHz;
        var risen = _noiseRms == 0 ? _maxNoiseRms : Math.Min(_noiseRms * rise, _maxNoiseRms);
        _noiseRms = (float)Math.Min(PcmLevel.Rms(pcm), risen);
    }

    private void Remember(ReadOnlySpan<short> pcm)
    {
        if (pcm.Length >= _history.Length)
        {
            pcm[^_history.Length..].CopyTo(_history);
            return;
        }
        _history.AsSpan(pcm.Length).CopyTo(_history);
        pcm.CopyTo(_history.AsSpan(_history.Length - pcm.Length));
    }
}
