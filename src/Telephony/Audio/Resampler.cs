namespace Telephony.Audio;

/// <summary>Changes the sample rate of one stream: decoder to model on the receive path, model to encoder on the send path.</summary>
/// <remarks>
/// One per call and direction, used by one thread. Allocates only when built. Output depends on the sample sequence alone: however
/// the input is split, the same samples come out, bit for bit. Coefficients are shared by all streams of a rate pair.
/// Bands, taps and delay of every pair stand in <see cref="PolyphaseFilter"/>.
/// </remarks>
public sealed class Resampler
{
    /// <summary>Input samples filtered in one go: 20 ms at the highest rate, so a frame is one block.</summary>
    private const int BlockSamples = 960;

    private readonly PolyphaseFilter? _filter;   // null: equal rates, the samples are copied
    private readonly float[] _window = [];       // the samples still under the filter, then the block
    private readonly float[] _filtered = [];
    private int _position;                       // newest input sample of the next output, counted from the start of the block
    private int _phase;

    /// <param name="inputRateHz">8000, 16000, 24000 or 48000.</param>
    /// <param name="outputRateHz">8000, 16000, 24000 or 48000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A rate is none of these.</exception>
    public Resampler(int inputRateHz, int outputRateHz)
    {
        InputRateHz = PolyphaseFilter.Require(inputRateHz, nameof(inputRateHz));
        OutputRateHz = PolyphaseFilter.Require(outputRateHz, nameof(outputRateHz));
        if (inputRateHz == outputRateHz)
            return;

        _filter = PolyphaseFilter.For(inputRateHz, outputRateHz);
        _window = new float[_filter.TapsPerPhase - 1 + BlockSamples];
        _filtered = new float[MaxOutputSamples(BlockSamples)];
    }

    /// <summary>Rate of the samples that go in, in Hz.</summary>
    public int InputRateHz { get; }

    /// <summary>Rate of the samples that come out, in Hz.</summary>
    public int OutputRateHz { get; }

    /// <summary>Group delay, the same at all frequencies, in milliseconds; 0 for equal rates.</summary>
    public double DelayMs => _filter?.DelayMs ?? 0;

    /// <summary>Most samples that come out for that many samples in; exact when these last a whole number of output samples.</summary>
    public int MaxOutputSamples(int inputSamples) =>
        (int)(((long)inputSamples * OutputRateHz + InputRateHz - 1) / InputRateHz);

    /// <summary>Takes all of the input and gives every output sample due by then: in total, always the input's duration rounded up.</summary>
    /// <param name="input">Mono PCM16 at <see cref="InputRateHz"/>; any length.</param>
    /// <param name="output">Room for <see cref="MaxOutputSamples"/> of the input; must not overlap it.</param>
    /// <returns>Samples written: rounded to nearest, saturated.</returns>
    /// <exception cref="ArgumentException">The output is too short.</exception>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        RequireRoom(input.Length, output.Length);
        if (_filter is null)
        {
            input.CopyTo(output);
            return input.Length;
        }

        var written = 0;
        for (; !input.IsEmpty; input = input[Math.Min(input.Length, BlockSamples)..])
        {
            var count = FilterBlock(_filter, input[..Math.Min(input.Length, BlockSamples)]);
            PcmVector.ToPcm(_filtered.AsSpan(0, count), output[written..]);
            written += count;
        }
        return written;
    }

    /// <summary>The same without rounding and saturation, in units of PCM16: the filter overshoots at edges, and a limiter may want to know by how much.</summary>
    /// <param name="input">Mono PCM16 at <see cref="InputRateHz"/>; any length.</param>
    /// <param name="output">Room for <see cref="MaxOutputSamples"/> of the input.</param>
    /// <returns>Samples written.</returns>
    /// <exception cref="ArgumentException">The output is too short.</exception>
    public int Process(ReadOnlySpan<short> input, Span<float> output)
    {
        RequireRoom(input.Length, output.Length);
        if (_filter is null)
        {
            PcmVector.ToSingle(input, output);
            return input.Length;
        }

        var written = 0;
        for (; !input.IsEmpty; input = input[Math.Min(input.Length, BlockSamples)..])
        {
            var count = FilterBlock(_filter, input[..Math.Min(input.Length, BlockSamples)]);
            _filtered.AsSpan(0, count).CopyTo(output[written..]);
            written += count;
        }
        return written;
    }

    /// <summary>Forgets the past: the next sample is the first of a new stream.</summary>
    public void Reset()
    {
        Array.Clear(_window);
        _position = 0;
        _phase = 0;
    }

    private void RequireRoom(int inputSamples, int room)
    {
        if (room < MaxOutputSamples(inputSamples))
            throw new ArgumentException($"{inputSamples} samples need room for {MaxOutputSamples(inputSamples)}, not {room}.", nameof(room));
    }

    // Leaves what it makes in _filtered.
    private int FilterBlock(PolyphaseFilter filter, ReadOnlySpan<short> block)
    {
        var taps = filter.TapsPerPhase;
        var (wholeStep, phaseStep) = (filter.Down / filter.Up, filter.Down % filter.Up);
        PcmVector.ToSingle(block, _window.AsSpan(taps - 1));

        var (position, phase, count) = (_position, _phase, 0);
        for (; position < block.Length; count++)
        {
            _filtered[count] = PcmVector.Dot(filter.Phase(phase), _window.AsSpan(position, taps));
            position += wholeStep;
            phase += phaseStep;
            if (phase >= filter.Up)
            {
                phase -= filter.Up;
                position++;
            }
        }
        (_position, _phase) = (position - block.Length, phase);

        _window.AsSpan(block.Length, taps - 1).CopyTo(_window);
        return count;
    }
}
