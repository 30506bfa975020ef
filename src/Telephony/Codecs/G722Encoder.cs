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
            codes[i] = (byte)(G722Quantizer.EncodeHigh(_high, (odd - even) >> 14) << 6 | G722Quantizer.EncodeLow(_low, (even + odd) >> 14));
        }
        window.Slice(pcm.Length, G722Mirror.Past).CopyTo(window);
    }
}
