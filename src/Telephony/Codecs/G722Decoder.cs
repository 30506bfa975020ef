using Telephony.Audio;

namespace Telephony.Codecs;

/// <summary>G.722 payloads at 64 kbit/s to PCM at 16 kHz, lost ones concealed: from the jitter buffer straight to the model's rate.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Bit-exact; adds the mirror filter's 1.4 ms.</remarks>
public sealed class G722Decoder : IAudioDecoder
{
    private const int StartSamples = 160;   // 10 ms

    // Codes are steps: where a voice stays what it is, 10 ms of them lead from wrong scales and predictors to those that the encoder had. In less there is no
    // cycle of a voice, and in more its next sound. Behind a longer gap they are led twice.
    private const int EstimateBytes = 80;
    private const int ShortGapSamples = 320;

    // What a predictor that is still wrong makes of a voice is steeper than the voice: no steeper than what was heard lately, nor, where a voice begins, than a share of
    // what comes 10 ms later. Lately: half of it counts after 340 ms.
    private const float UsualShare = 0.8f;
    private const float LaterShare = 0.3f;
    private const double UsualLeftAfter20Ms = 0.96;

    private readonly G722State _state = new();
    private readonly G722State _before = new();
    private readonly G722State _coded = new();
    private readonly G722State _estimate = new();
    private readonly G722State _guess = new();
    private readonly short[] _following = new short[2 * G722State.BlockBytes];
    private readonly WaveformConcealment _concealment = new(16_000);
    private int _guessed;
    private float _usualStep;

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
        _usualStep = Math.Max(PcmSlope.Steepest(pcm[..samples]), _usualStep * (float)Math.Pow(UsualLeftAfter20Ms, samples / 320.0));
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
        Estimate(pcm, known[..Math.Min(known.Length, EstimateBytes)], passes: pcm.Length <= ShortGapSamples ? 1 : 2);
        _guessed = 2 * known.Length;
        var guess = _following.AsSpan(0, _guessed);
        _guess.Decode(known, guess);
        FlattenStart(guess);
        _concealment.Bridge(pcm, guess);
        // Coded again, the gap that leads to what follows tells more than the one that did not know of it.
        _state.Follow(pcm, guess);
        _state.TakeAmong(_before, _state, _estimate);
    }

    // Leaves in the guess what the encoder may have been at the gap's end.
    private void Estimate(ReadOnlySpan<short> pcm, ReadOnlySpan<byte> known, int passes)
    {
        _before.CopyFrom(_state);
        _coded.CopyFrom(_state);
        _coded.Follow(pcm, []);
        _guess.CopyFrom(_coded);
        for (var pass = 0; pass < passes; pass++)
        {
            _guess.Decode(known, _following);
            _estimate.CopyFrom(_guess);
            _guess.CopyFrom(_coded);
            _guess.TakeAmong(_before, _coded, _estimate);
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

    private void FlattenStart(Span<short> pcm)
    {
        var start = pcm[..Math.Min(pcm.Length / 2, StartSamples)];
        if (!start.IsEmpty)
            PcmSlope.Limit(start, start[0], pcm[start.Length], Math.Max(UsualShare * _usualStep, LaterShare * PcmSlope.Steepest(pcm[start.Length..])));
    }
}
