using System.Numerics;

namespace Telephony.Audio;

/// <summary>Keeps the peaks of a stream below what a codec can carry: turned down in time instead of cut off. Between the resampler, whose filter overshoots, and the encoder.</summary>
/// <remarks>
/// Looks ahead as far as the block reaches, a frame as a rule, and never into the next one: it costs no delay. A peak at the very beginning of a block, which nobody
/// could see coming, is cut off as it would be without. One per stream, used by one thread. Allocates nothing; a block without peaks costs one look at its largest sample.
/// </remarks>
/// <param name="sampleRateHz">Rate of the stream.</param>
internal sealed class PeakLimiter(int sampleRateHz)
{
    /// <summary>Largest magnitude that comes out: the last step of G.711 mu-law, 0.17 dB below full scale.</summary>
    public const float Ceiling = 32_124;

    // Shortest way down: faster would be heard as a click.
    private const double AttackMs = 2;

    // From silence to full level: slower than any voice's pitch, so that single waves of it are not followed, which would distort it.
    private const double ReleaseMs = 200;

    private readonly int _attackSamples = (int)(AttackMs * sampleRateHz / 1000);
    private readonly float _releaseStep = (float)(1000 / (ReleaseMs * sampleRateHz));
    private float _gain = 1;

    /// <summary>Limits a block in place.</summary>
    /// <param name="block">Samples in units of PCM16, of any magnitude.</param>
    public void Process(Span<float> block)
    {
        var allowed = Math.Min(1, Ceiling / Math.Max(1, Peak(block)));
        if (allowed < _gain)
            TurnDown(block, allowed);
        else if (_gain < 1)
            ComeBack(block, allowed);
    }

    private void TurnDown(Span<float> block, float to)
    {
        var first = 0;
        while (first < block.Length && Math.Abs(block[first]) * _gain <= Ceiling)   // none at all is louder by rounding alone
            first++;
        var way = Math.Max(first, _attackSamples);
        var step = (to - _gain) / way;
        for (var i = 0; i < block.Length; i++)
            block[i] = Math.Clamp(block[i] * (i < way ? _gain + step * (i + 1) : to), -Ceiling, Ceiling);
        _gain = to;
    }

    private void ComeBack(Span<float> block, float most)
    {
        foreach (ref var sample in block)
        {
            _gain = Math.Min(_gain + _releaseStep, most);
            sample = Math.Clamp(sample * _gain, -Ceiling, Ceiling);   // the product may round up
        }
    }

    private static float Peak(ReadOnlySpan<float> block)
    {
        var largest = Vector<float>.Zero;
        var i = 0;
        for (; i <= block.Length - Vector<float>.Count; i += Vector<float>.Count)
            largest = Vector.Max(largest, Vector.Abs(new Vector<float>(block[i..])));
        var peak = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            peak = Math.Max(peak, largest[lane]);
        for (; i < block.Length; i++)
            peak = Math.Max(peak, Math.Abs(block[i]));
        return peak;
    }
}
