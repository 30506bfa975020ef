using System.Numerics;
using System.Runtime.InteropServices;

namespace Telephony.Audio;

/// <summary>Changes the sample rate of one stream: decoder to model on the receive path, model to encoder on the send path.</summary>
/// <remarks>
/// One per call and direction, used by one thread. Allocates only when built. Output depends on the sample sequence alone: however
/// the input is split, the same samples come out, bit for bit. Coefficients are shared by all streams of a rate pair.
/// Bands, taps and delay of every pair stand in <see cref="PolyphaseFilter"/>.
/// </remarks>
public sealed class Resampler
{
    private readonly PolyphaseFilter? _filter;   // null: equal rates, the samples are copied
    private readonly int _blockSamples;          // filtered in one go: 20 ms, so a frame is one block
    private readonly short[] _history = [];      // the samples still under the filter
    private readonly int _rowSamples;
    private int _step;                           // where the next output stands behind the block's first sample, at the filter's rate

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
        _blockSamples = inputRateHz / 50;
        _history = new short[_filter.TapsPerPhase - 1];
        _rowSamples = (_history.Length + _blockSamples) / _filter.Down + 1 + ResamplerScratch.Lanes;
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
        for (; !input.IsEmpty; input = input[Math.Min(input.Length, _blockSamples)..])
        {
            var filtered = ResamplerScratch.Own.Filtered;
            var count = FilterBlock(_filter, input[..Math.Min(input.Length, _blockSamples)], filtered);
            PcmVector.ToPcm(filtered.AsSpan(0, count), output[written..]);
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
        for (; !input.IsEmpty; input = input[Math.Min(input.Length, _blockSamples)..])
            written += FilterBlock(_filter, input[..Math.Min(input.Length, _blockSamples)], output[written..]);
        return written;
    }

    /// <summary>Forgets the past: the next sample is the first of a new stream.</summary>
    public void Reset()
    {
        Array.Clear(_history);
        _step = 0;
    }

    private void RequireRoom(int inputSamples, int room)
    {
        if (room < MaxOutputSamples(inputSamples))
            throw new ArgumentException($"{inputSamples} samples need room for {MaxOutputSamples(inputSamples)}, not {room}.", nameof(room));
    }

    // Time is counted in steps of the filter's own rate: an output every Down, an input every Up of them.
    private int FilterBlock(PolyphaseFilter filter, ReadOnlySpan<short> block, Span<float> output)
    {
        var scratch = ResamplerScratch.Own;
        PcmVector.ToSingle(_history, scratch.Window);
        PcmVector.ToSingle(block, scratch.Window.AsSpan(_history.Length));
        if (filter.Down > 1)
            Deal(scratch, _history.Length + block.Length, filter.Down);
        var count = Math.Max(0, (block.Length * filter.Up - _step + filter.Down - 1) / filter.Down);
        for (var first = 0; first < Math.Min(count, filter.Up); first++)
            FilterPhase(filter, filter.Down > 1 ? scratch.Dealt : scratch.Window, _step + first * filter.Down, output[first..], (count - first + filter.Up - 1) / filter.Up);
        _step += count * filter.Down - block.Length * filter.Up;
        Remember(block);
        return count;
    }

    private void Remember(ReadOnlySpan<short> block)
    {
        var kept = block[Math.Max(0, block.Length - _history.Length)..];
        _history.AsSpan(kept.Length).CopyTo(_history);
        kept.CopyTo(_history.AsSpan(_history.Length - kept.Length));
    }

    // Every Down-th sample in a row of its own, so that outputs side by side lie over samples side by side.
    private void Deal(ResamplerScratch scratch, int samples, int rows)
    {
        var done = rows == 3 ? RowsOfThree.Deal(scratch.Window.AsSpan(0, samples), scratch.Dealt, _rowSamples) : 0;
        for (var row = 0; row < rows; row++)
        {
            var dealt = scratch.Dealt.AsSpan(row * _rowSamples, _rowSamples);
            for (int from = done + row, to = done / rows; from < samples; from += rows)
                dealt[to++] = scratch.Window[from];
        }
    }

    // Every Up-th output is of the same phase: many of them at once, each in a lane of its own, so that its sum is made in one order wherever it stands.
    private void FilterPhase(PolyphaseFilter filter, float[] samples, int step, Span<float> output, int count)
    {
        var coefficients = filter.Phase(step % filter.Up);
        var lanes = ResamplerScratch.Lanes;
        Span<float> sums = stackalloc float[lanes];
        for (var done = 0; done < count; done += lanes)
        {
            Sum(coefficients, samples, filter.Down, step / filter.Up + done * filter.Down, sums);
            Interleave(sums[..Math.Min(lanes, count - done)], output[(done * filter.Up)..], filter.Up);
        }
    }

    private static void Interleave(ReadOnlySpan<float> sums, Span<float> output, int step)
    {
        if (step == 1)
        {
            sums.CopyTo(output);
            return;
        }
        for (var i = 0; i < sums.Length; i++)
            output[i * step] = sums[i];
    }

    // Four sums, since an addition takes four cycles and the next one into the same sum would wait for it. What lies behind the block is read, and not used.
    private void Sum(ReadOnlySpan<float> coefficients, float[] dealt, int rows, int position, Span<float> sums)
    {
        ref var samples = ref MemoryMarshal.GetArrayDataReference(dealt);
        var width = (nuint)Vector<float>.Count;
        Vector<float> sum0 = Vector<float>.Zero, sum1 = sum0, sum2 = sum0, sum3 = sum0;
        var (row, column) = (position % rows, position / rows);
        foreach (var coefficient in coefficients)
        {
            var at = (nuint)(row * _rowSamples + column);
            var factor = new Vector<float>(coefficient);
            sum0 = Vector.MultiplyAddEstimate(factor, Vector.LoadUnsafe(ref samples, at), sum0);
            sum1 = Vector.MultiplyAddEstimate(factor, Vector.LoadUnsafe(ref samples, at + width), sum1);
            sum2 = Vector.MultiplyAddEstimate(factor, Vector.LoadUnsafe(ref samples, at + 2 * width), sum2);
            sum3 = Vector.MultiplyAddEstimate(factor, Vector.LoadUnsafe(ref samples, at + 3 * width), sum3);
            if (++row == rows)
                (row, column) = (0, column + 1);
        }
        sum0.CopyTo(sums);
        sum1.CopyTo(sums[Vector<float>.Count..]);
        sum2.CopyTo(sums[(2 * Vector<float>.Count)..]);
        sum3.CopyTo(sums[(3 * Vector<float>.Count)..]);
    }
}
