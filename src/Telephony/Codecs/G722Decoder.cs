using Telephony.Audio;

namespace Telephony.Codecs;

/// <summary>G.722 payloads at 64 kbit/s to PCM at 16 kHz, lost ones concealed: from the jitter buffer straight to the model's rate.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Bit-exact; adds the mirror filter's 1.4 ms.</remarks>
public sealed class G722Decoder : IAudioDecoder
{
    private const int BlockBytes = 160;

    private readonly G722Band _low = new(32, 8, 18_432);
    private readonly G722Band _high = new(8, 10, 22_528);
    private readonly int[] _window = new int[G722Mirror.Past + 2 * BlockBytes];
    private readonly WaveformConcealment _concealment = new(16_000);

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
            var block = payload[..Math.Min(payload.Length, BlockBytes)];
            DecodeBlock(block, rest);
            payload = payload[block.Length..];
            rest = rest[(2 * block.Length)..];
        }
        _concealment.Accept(pcm[..samples]);
        return samples;
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> pcm) => _concealment.Conceal(pcm);

    private void DecodeBlock(ReadOnlySpan<byte> codes, Span<short> pcm)
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
