using System.Globalization;
using System.Text;

namespace VoiceAgent.Observability.Exposition;

/// <summary>One series of a metric: a value, or a histogram's buckets, for one set of tags.</summary>
/// <remarks>Written by any thread, the media thread among them: neither locks nor allocates. A reader may see a value counted and not yet in the sum.</remarks>
/// <param name="tags">Its tags.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets, ascending; null for a plain value.</param>
internal sealed class Series(TagSet tags, double[]? bounds)
{
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private double _sum;

    /// <summary>Its tags.</summary>
    public TagSet Tags => tags;

    /// <summary>Look at the observed instruments in which it was seen last; a series that is not seen any more is not shown.</summary>
    public long SeenIn { get; set; }

    /// <summary>Adds to the value, or counts one of a histogram.</summary>
    public void Add(double value)
    {
        if (bounds is not null)
            Interlocked.Increment(ref _buckets[Bucket(value)]);
        var sum = Volatile.Read(ref _sum);
        while (Interlocked.CompareExchange(ref _sum, sum + value, sum) is var found && !found.Equals(sum))
            sum = found;
    }

    /// <summary>Replaces the value.</summary>
    public void Set(double value) => Volatile.Write(ref _sum, value);

    /// <summary>Appends its lines.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="metric">Name of the metric.</param>
    public void Write(StringBuilder text, string metric)
    {
        if (bounds is null)
            Line(text, metric, "", tags.Labels, Volatile.Read(ref _sum));
        else
            WriteHistogram(text, metric);
    }

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string metric, string suffix, string labels, double value)
    {
        text.Append(metric).Append(suffix);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void WriteHistogram(StringBuilder text, string metric)
    {
        var count = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            count += Volatile.Read(ref _buckets[i]);
            var le = $"le=\"{(i < bounds!.Length ? Number(bounds[i]) : "+Inf")}\"";
            Line(text, metric, "_bucket", tags.Labels.Length > 0 ? $"{tags.Labels},{le}" : le, count);
        }
        Line(text, metric, "_sum", tags.Labels, Volatile.Read(ref _sum));
        Line(text, metric, "_count", tags.Labels, count);
    }

    // Bounds are upper bounds, and their own bucket's.
    private int Bucket(double value)
    {
        var found = Array.BinarySearch(bounds!, value);
        return found >= 0 ? found : ~found;
    }
}
