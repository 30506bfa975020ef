namespace Telephony.Audio;

/// <summary>Goes on with a voice by repeating its last pitch cycle, from exactly where it stopped: one direction of time of <see cref="WaveformConcealment"/>.</summary>
/// <remarks>Allocates only when built.</remarks>
/// <param name="search">Finds the cycle.</param>
/// <param name="sampleRateHz">Rate of all samples, in Hz.</param>
internal sealed class PitchRepetition(PitchSearch search, int sampleRateHz)
{
    private const double StepDecayMs = 4;

    private readonly float[] _cycle = new float[search.MaxLag];
    private readonly float _stepDecay = (float)(1000 / StepDecayMs / sampleRateHz);
    private int _length;
    private int _position;
    private float _step;        // how far the repetition starts from where the line stopped
    private float _stepLeft;

    /// <summary>Samples that are looked at.</summary>
    public int PastSamples => search.PastSamples;

    /// <summary>How well the cycle repeats what was there: 1 for a tone.</summary>
    public double Likeness => search.Likeness;

    /// <summary>Begins behind the last of these samples.</summary>
    /// <param name="past">The last <see cref="PastSamples"/> samples.</param>
    public void Begin(ReadOnlySpan<float> past)
    {
        _length = search.FindLag(past);
        _position = 0;
        _step = past[^1] - past[^(1 + _length)];
        _stepLeft = 1;
        past[^_length..].CopyTo(_cycle);
        CloseCycle(past.Slice(past.Length - _length - _length / 4, _length / 4));
    }

    /// <summary>The next sample.</summary>
    public float Next()
    {
        var sample = _cycle[_position] + _step * _stepLeft;
        if (++_position == _length)
            _position = 0;
        _stepLeft = Math.Max(0, _stepLeft - _stepDecay);
        return sample;
    }

    // The end of the cycle is turned into what came before its beginning, so that it repeats without a seam.
    private void CloseCycle(ReadOnlySpan<float> beforeCycle)
    {
        var tail = _cycle.AsSpan(_length - beforeCycle.Length, beforeCycle.Length);
        for (var i = 0; i < tail.Length; i++)
        {
            var weight = (i + 1f) / tail.Length;
            tail[i] += weight * (beforeCycle[i] - tail[i]);
        }
    }
}
