namespace Telephony.Codecs;

/// <summary>What a G.722 decoder carries from sample to sample: both bands, and the past under the mirror filter that joins them.</summary>
/// <remarks>Owned by its decoder's thread. Allocates only when built.</remarks>
internal sealed class G722State
{
    /// <summary>Bytes that are decoded in one go: 20 ms.</summary>
    public const int BlockBytes = 160;

    // From what goes into the encoder to what comes out of the decoder, and so what must be known ahead.
    private const int DelaySamples = G722Mirror.Past;

    private readonly G722Band _low = new(32, 8, 18_432);
    private readonly G722Band _high = new(8, 10, 22_528);
    private readonly int[] _window = new int[G722Mirror.Past + 2 * BlockBytes];
    private readonly int[] _ahead = new int[DelaySamples + 2];

    /// <summary>Goes on from where another one is.</summary>
    public void CopyFrom(G722State other)
    {
        _low.CopyFrom(other._low);
        _high.CopyFrom(other._high);
        other._window.AsSpan(0, G722Mirror.Past).CopyTo(_window);
    }

    /// <summary>Takes scales and predictors from among three guesses at what the encoder was at a gap's end; the signal stays its own.</summary>
    /// <param name="before">As it was before the gap.</param>
    /// <param name="coded">As coding what was made up again leaves it; may be this one.</param>
    /// <param name="following">As what follows the gap leads to.</param>
    public void TakeAmong(G722State before, G722State coded, G722State following)
    {
        _low.TakeAmong(before._low, coded._low, following._low);
        _high.TakeAmong(before._high, coded._high, following._high);
    }

    /// <summary>Decodes at most <see cref="BlockBytes"/> codes into twice as many samples.</summary>
    public void Decode(ReadOnlySpan<byte> codes, Span<short> pcm)
    {
        var window = _window.AsSpan();
        for (var i = 0; i < codes.Length; i++)
        {
            var low = DecodeLow(codes[i] & 0x3F);
            var high = DecodeHigh(codes[i] >> 6);
            window[G722Mirror.Past + 2 * i] = low + high;
            window[G722Mirror.Past + 2 * i + 1] = low - high;
        }
        for (var i = 0; i < codes.Length; i++)
        {
            var (even, odd) = G722Mirror.Filter(window[(2 * i)..]);
            pcm[2 * i] = (short)G722Band.Saturate(odd >> 11);
            pcm[2 * i + 1] = (short)G722Band.Saturate(even >> 11);
        }
        window.Slice(2 * codes.Length, G722Mirror.Past).CopyTo(window);
    }

    /// <summary>Becomes what it would be had this been decoded: what was made up is coded again (in the spirit of ITU-T G.722 Appendix III).</summary>
    /// <param name="pcm">An even number of samples.</param>
    /// <param name="following">What is heard behind them; where too little is known their mirror image stands for it.</param>
    public void Follow(ReadOnlySpan<short> pcm, ReadOnlySpan<short> following)
    {
        for (var i = 0; i + 1 < pcm.Length; i += 2)
        {
            var (even, odd) = G722Mirror.Filter(WindowAt(i, pcm, following));
            var (low, high) = ((even + odd) >> 14, (odd - even) >> 14);
            G722Quantizer.EncodeLow(_low, low);
            G722Quantizer.EncodeHigh(_high, high);
            _window.AsSpan(2, G722Mirror.Past - 2).CopyTo(_window);
            (_window[G722Mirror.Past - 2], _window[G722Mirror.Past - 1]) = (low + high, low - high);
        }
    }

    private int[] WindowAt(int start, ReadOnlySpan<short> pcm, ReadOnlySpan<short> following)
    {
        for (var k = 0; k < _ahead.Length; k++)
        {
            var beyond = start + k - pcm.Length;
            _ahead[k] = beyond < 0 ? pcm[start + k] : beyond < following.Length ? following[beyond] : pcm[Math.Max(0, pcm.Length - 1 - beyond)];
        }
        return _ahead;
    }

    private int DecodeLow(int code)
    {
        var sample = Limit(_low.Prediction + ((_low.Scale * G722Tables.LowLevels6[code]) >> 15));
        _low.Adapt((_low.Scale * G722Tables.LowLevels4[code >> 2]) >> 15, G722Tables.LowScaleSteps[code >> 2]);
        return sample;
    }

    private int DecodeHigh(int code)
    {
        var difference = (_high.Scale * G722Tables.HighLevels[code]) >> 15;
        var sample = Limit(_high.Prediction + difference);
        _high.Adapt(difference, G722Tables.HighScaleSteps[code]);
        return sample;
    }

    // LIMIT: both bands together have 16 bits.
    private static int Limit(int value) => Math.Clamp(value, -16_384, 16_383);
}
