namespace Benchmarks.Media;

/// <summary>Times of one kind, in milliseconds; any thread adds.</summary>
internal sealed class Samples
{
    private readonly Lock _gate = new();
    private readonly List<double> _values = [];

    /// <summary>How many there are.</summary>
    public int Count { get { lock (_gate) return _values.Count; } }

    /// <summary>Adds a value; one that is not a number is left out.</summary>
    public void Add(double milliseconds)
    {
        if (double.IsNaN(milliseconds))
            return;
        lock (_gate)
            _values.Add(milliseconds);
    }

    /// <summary>Adds all values to others.</summary>
    public void CopyTo(Samples other)
    {
        lock (_gate)
            _values.ForEach(other.Add);
    }

    /// <summary>The smallest value that is not exceeded by this share of all, 0 to 1.</summary>
    public double Quantile(double share)
    {
        lock (_gate)
        {
            if (_values.Count == 0)
                return double.NaN;
            var sorted = _values.Order().ToArray();
            return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
        }
    }

    /// <summary>Median, 99th percentile and count; without samples that alone.</summary>
    public override string ToString() =>
        Count == 0 ? "no samples" : $"p50 {Quantile(0.5):0.00}, p99 {Quantile(0.99):0.00} ms (n = {Count})";
}
