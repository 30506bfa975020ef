using System.Numerics;

namespace EndToEnd.Tests.Peers;

/// <summary>8 kHz speech as logarithmic levels in frequency bands over time: what makes a sentence that sentence, whatever its level and codec.</summary>
internal sealed class SpeechPicture
{
    public const int Bands = 20;
    public const int HopSamples = 80;   // 10 ms
    private const int WindowSamples = 160;
    private const double LowestHz = 250;
    private const double HighestHz = 3300;
    private const double FloorBelowPeak = 1e-4;   // 40 dB under the loudest spot nothing is looked at

    private static readonly (float[] Real, float[] Imaginary)[] Filters = [.. Enumerable.Range(0, Bands).Select(MakeFilter)];

    private readonly float[] _levels;

    public SpeechPicture(ReadOnlySpan<short> pcm)
    {
        Frames = Math.Max(0, (pcm.Length - WindowSamples) / HopSamples);
        _levels = new float[Frames * Bands];
        var samples = new float[pcm.Length];
        for (var i = 0; i < pcm.Length; i++)
            samples[i] = pcm[i];
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var band = 0; band < Bands; band++)
                _levels[frame * Bands + band] = Power(samples.AsSpan(frame * HopSamples, WindowSamples), Filters[band]);
        }
        var floor = (float)(FloorBelowPeak * (_levels.Length == 0 ? 0 : _levels.Max())) + 1;
        for (var i = 0; i < _levels.Length; i++)
            _levels[i] = MathF.Log(_levels[i] + floor);
    }

    public int Frames { get; }

    public ReadOnlySpan<float> From(int frame, int frames) => _levels.AsSpan(frame * Bands, frames * Bands);

    /// <summary>Sum of products, eight at a time: most of the recogniser's work.</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= a.Length - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        var rest = Vector.Sum(sum);
        for (; i < a.Length; i++)
            rest += a[i] * b[i];
        return rest;
    }

    private static float Power(ReadOnlySpan<float> window, (float[] Real, float[] Imaginary) filter)
    {
        var (real, imaginary) = (Dot(window, filter.Real), Dot(window, filter.Imaginary));
        return real * real + imaginary * imaginary;
    }

    private static (float[], float[]) MakeFilter(int band)
    {
        var frequencyHz = LowestHz + band * (HighestHz - LowestHz) / (Bands - 1);
        var (real, imaginary) = (new float[WindowSamples], new float[WindowSamples]);
        for (var i = 0; i < WindowSamples; i++)
        {
            var hann = 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / WindowSamples);
            real[i] = (float)(hann / WindowSamples * Math.Cos(2 * Math.PI * frequencyHz * i / 8000));
            imaginary[i] = (float)(hann / WindowSamples * Math.Sin(2 * Math.PI * frequencyHz * i / 8000));
        }
        return (real, imaginary);
    }
}
