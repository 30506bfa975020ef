namespace Benchmarks.Capacity;

/// <summary>Times up to a second in steps of 10 us, counted without a list: millions of them cost nothing.</summary>
/// <remarks>One thread adds; read when it has ended.</remarks>
internal sealed class GapHistogram
{
    private const int StepUs = 10;

    private readonly int[] _counts = new int[1_000_000 / StepUs];

    public long Count { get; private set; }

    /// <summary>The largest, in ms.</summary>
    public double MaxMs { get; private set; }

    public void Add(double milliseconds)
    {
        Count++;
        MaxMs = Math.Max(MaxMs, milliseconds);
        _counts[Math.Clamp((int)(milliseconds * 1000 / StepUs), 0, _counts.Length - 1)]++;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, MaxMs) = (0, 0);
    }

    /// <summary>The end of the step that this share of all, 0 to 1, does not exceed, in ms.</summary>
    public double Quantile(double share)
    {
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= share * Count && seen > 0)
                return (i + 1) * StepUs / 1000.0;
        }
        return double.NaN;
    }

    public override string ToString() => $"p50 {Quantile(0.5):0.00}, p99 {Quantile(0.99):0.00}, max {MaxMs:0.0} ms";
}
