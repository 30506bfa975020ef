namespace Telephony.Codecs;

/// <summary>PCM at 16 kHz to G.722 payloads at 64 kbit/s, on the way from the send path to the RTP sender.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Bit-exact; an even number of samples, half as many bytes.</remarks>
public sealed class G722Encoder : IAudioEncoder
{
    private const int BlockPairs = 160;

    private readonly G722Band _low = new(32, 8, 18_432);
    private readonly G722Band _high = new(8, 10, 22_528);
    private readonly int[] _window = new int[G722Mirror.Past + 2 * BlockPairs];

    /// <inheritdoc/>
    public int SampleRateHz => 16_000;

    /// <inheritdoc/>
    public int ClockRateHz => 8_000;

    /// <inheritdoc/>
    public int MaxPayloadBytes(int samples) => samples / 2;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of samples is odd, or <paramref name="payload"/> shorter than half of it.</exception>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> payload)
    {
        if (pcm.Length % 2 != 0 || payload.Length < pcm.Length / 2)
            throw new ArgumentException($"{pcm.Length} samples do not go into {payload.Length} bytes.", nameof(payload));
        var written = 0;
        while (written < pcm.Length / 2)
        {
            var pairs = Math.Min(BlockPairs, pcm.Length / 2 - written);
            EncodeBlock(pcm.Slice(2 * written, 2 * pairs), payload.Slice(written, pairs));
            written += pairs;
        }
        return written;
    }

    private void EncodeBlock(ReadOnlySpan<short> pcm, Span<byte> codes)
    {
        var window = _window.AsSpan();
        for (var i = 0; i < pcm.Length; i++)
            window[G722Mirror.Past + i] = pcm[i];
        for (var i = 0; i < codes.Length; i++)
        {
            var (even, odd) = G722Mirror.Filter(window[(2 * i)..]);
            codes[i] = (byte)(EncodeHigh((odd - even) >> 14) << 6 | EncodeLow((even + odd) >> 14));
        }
        window.Slice(pcm.Length, G722Mirror.Past).CopyTo(window);
    }

    private int EncodeLow(int sample)
    {
        var difference = G722Band.Saturate(sample - _low.Prediction);
        var interval = LowInterval(difference < 0 ? ~difference : difference, _low.Scale);
        var code = (int)(difference < 0 ? G722Tables.LowNegativeCodes : G722Tables.LowPositiveCodes)[interval];
        _low.Adapt((_low.Scale * G722Tables.LowLevels4[code >> 2]) >> 15, G722Tables.LowScaleSteps[code >> 2]);
        return code;
    }

    // QUANTL: the decision levels rise, so that halving finds the first one above the magnitude.
    private static int LowInterval(int magnitude, int scale)
    {
        var decisions = G722Tables.LowDecisions;
        var (low, high) = (1, decisions.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (magnitude < (decisions[middle] * scale) >> 12)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }

    private int EncodeHigh(int sample)
    {
        var difference = G722Band.Saturate(sample - _high.Prediction);
        var isLarge = (difference < 0 ? ~difference : difference) >= (564 * _high.Scale) >> 12;
        var code = (difference, isLarge) switch
        {
            ( < 0, true) => 0,
            ( < 0, false) => 1,
            (_, true) => 2,
            _ => 3,
        };
        _high.Adapt((_high.Scale * G722Tables.HighLevels[code]) >> 15, G722Tables.HighScaleSteps[code]);
        return code;
    }
}
