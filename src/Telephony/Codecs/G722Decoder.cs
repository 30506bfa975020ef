using Telephony.Audio;

namespace Telephony.Codecs;

/// <summary>G.722 payloads at 64 kbit/s to PCM at 16 kHz, lost ones concealed: from the jitter buffer straight to the model's rate.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Bit-exact; adds the mirror filter's 1.4 ms.</remarks>
public sealed class G722Decoder : IAudioDecoder
{
    private const int StartSamples = 160;   // 10 ms

    // Codes are steps: where a voice stays what it is, 10 ms of them lead from wrong scales and predictors to those that the encoder had. In less there is no
    // cycle of a voice, and in more its next sound. Of what was before the gap the more is kept the shorter it was: least squares over real voices.
    private const int EstimateBytes = 80;
    private const int ShortGapSamples = 320;
    private static readonly (int Passes, double Scale, double Predictor) ShortGap = (1, 0.25, 0.45);
    private static readonly (int Passes, double Scale, double Predictor) LongGap = (2, 0.2, 0.1);

    // Of the steepest step around: what a predictor that is still wrong makes of a loud voice is steeper than the voice.
    private const float SlopeShare = 0.7f;

    // A predictor that is wrong adds to a voice: an estimate that makes what follows louder than this against doing without it is none. In silence the codes say nothing.
    private const double MostLouder = 1.4;
    private const double SilentDbov = -55;

    private readonly G722State _state = new();
    private readonly G722State _before = new();
    private readonly G722State _coded = new();
    private readonly G722State _estimate = new();
    private readonly G722State _guess = new();
    private readonly short[] _following = new short[2 * G722State.BlockBytes];
    private readonly short[] _unestimated = new short[2 * G722State.BlockBytes];
    private readonly WaveformConcealment _concealment = new(16_000);
    private int _guessed;

    /// <inheritdoc/>
    public int SampleRateHz => 16_000;

    /// <inheritdoc/>
    /// <remarks>8000 by a slip in RFC 1890 that was kept (RFC 3551 section 4.5.2).</remarks>
    public int ClockRateHz => 8_000;

    /// <inheritdoc/>
    public int SamplesIn(ReadOnlySpan<byte> payload) => 2 * payload.Length;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than two samples per byte.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        var samples = 2 * payload.Length;
        if (pcm.Length < samples)
            throw new ArgumentException($"{payload.Length} bytes need room for {samples} samples, not {pcm.Length}.", nameof(pcm));
        var rest = pcm;
        while (!payload.IsEmpty)
        {
            var block = payload[..Math.Min(payload.Length, G722State.BlockBytes)];
            _state.Decode(block, rest);
            payload = payload[block.Length..];
            rest = rest[(2 * block.Length)..];
        }
        LeaveGuess(pcm[..samples]);
        _concealment.Accept(pcm[..samples]);
        return samples;
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> pcm)
    {
        _concealment.Conceal(pcm);
        _state.Follow(pcm, []);
        _guessed = 0;
    }

    /// <inheritdoc/>
    public void Conceal(ReadOnlySpan<byte> following, Span<short> pcm)
    {
        // What follows cannot be decoded without a guess at what went before it, and that guess is better with what follows.
        _concealment.Conceal(pcm);
        var known = following[..Math.Min(following.Length, G722State.BlockBytes)];
        var gap = pcm.Length <= ShortGapSamples ? ShortGap : LongGap;
        Estimate(pcm, known[..Math.Min(known.Length, EstimateBytes)], gap);
        _guessed = 2 * known.Length;
        var guess = _following.AsSpan(0, _guessed);
        var isEstimated = TryGuess(known, guess);
        FlattenStart(guess);
        _concealment.Bridge(pcm, guess);
        _state.Follow(pcm, guess);
        if (isEstimated)
            _state.TakeBetween(_before, _estimate, gap.Scale, gap.Predictor);
    }

    private bool TryGuess(ReadOnlySpan<byte> known, Span<short> guess)
    {
        var unestimated = _unestimated.AsSpan(0, guess.Length);
        _guess.Decode(known, guess);
        _coded.Decode(known, unestimated);
        var rms = PcmLevel.Rms(guess);
        if (rms > PcmLevel.FromDbov(SilentDbov) && rms <= MostLouder * PcmLevel.Rms(unestimated))
            return true;
        unestimated.CopyTo(guess);
        return false;
    }

    // Leaves what the encoder may have been at the gap's end.
    private void Estimate(ReadOnlySpan<short> pcm, ReadOnlySpan<byte> known, (int Passes, double Scale, double Predictor) gap)
    {
        _before.CopyFrom(_state);
        _coded.CopyFrom(_state);
        _coded.Follow(pcm, []);
        _guess.CopyFrom(_coded);
        for (var pass = 0; pass < gap.Passes; pass++)
        {
            _guess.Decode(known, _following);
            _estimate.CopyFrom(_guess);
            _guess.CopyFrom(_coded);
            _guess.TakeBetween(_before, _estimate, gap.Scale, gap.Predictor);
        }
    }

    // The bridge leads to the guess: from there the audio goes over to what the packet really says.
    private void LeaveGuess(Span<short> pcm)
    {
        if (_guessed == 0)
            return;
        FlattenStart(pcm);
        var count = Math.Min(_guessed, pcm.Length);
        for (var i = 0; i < count; i++)
            pcm[i] = (short)(_following[i] + (pcm[i] - _following[i]) * (i + 1) / (count + 1));
        _guessed = 0;
    }

    // With a scale that is still too large the first samples overshoot: they are to be no steeper than what lies around them.
    private void FlattenStart(Span<short> pcm)
    {
        var start = pcm[..Math.Min(pcm.Length / 2, StartSamples)];
        if (!start.IsEmpty)
            PcmSlope.Limit(start, start[0], pcm[start.Length], SlopeShare * Math.Max(_concealment.Steepest, PcmSlope.Steepest(pcm[start.Length..])));
    }
}
