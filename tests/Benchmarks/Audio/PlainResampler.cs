using Telephony.Audio;

namespace Benchmarks.Audio;

/// <summary>The resampler's filter as a textbook writes it: one sample at a time, no vectors. What the speed is compared with.</summary>
internal sealed class PlainResampler(int inputRateHz, int outputRateHz)
{
    private readonly PolyphaseFilter _filter = PolyphaseFilter.For(inputRateHz, outputRateHz);
    private readonly float[] _line = new float[PolyphaseFilter.For(inputRateHz, outputRateHz).TapsPerPhase];
    private int _newest;
    private int _phase;

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        var count = 0;
        foreach (var sample in input)
        {
            _newest = (_newest + 1) % _line.Length;
            _line[_newest] = sample;
            for (; _phase < _filter.Up; _phase += _filter.Down)
                output[count++] = (short)Math.Clamp(MathF.Round(Filter()), short.MinValue, short.MaxValue);
            _phase -= _filter.Up;
        }
        return count;
    }

    private float Filter()
    {
        var coefficients = _filter.Phase(_phase);
        var position = _newest;
        float sum = 0;
        for (var tap = coefficients.Length - 1; tap >= 0; tap--)
        {
            sum += coefficients[tap] * _line[position];
            position = position == 0 ? _line.Length - 1 : position - 1;
        }
        return sum;
    }
}
