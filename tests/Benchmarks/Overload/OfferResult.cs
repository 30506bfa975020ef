using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>What became of calls that were offered at one pace.</summary>
internal sealed class OfferResult
{
    /// <summary>For how long they were offered.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many.</summary>
    public int Offered { get; set; }

    /// <summary>INVITE to 200.</summary>
    public Samples Accepted { get; } = new();

    /// <summary>INVITE to 503.</summary>
    public Samples Refused { get; } = new();

    /// <summary>The first of those, in ms; not a number where there is none.</summary>
    public double FirstRefusalMs { get; private set; } = double.NaN;

    /// <summary>Calls with another answer.</summary>
    public int Others { get; private set; }

    /// <summary>From the last call offered until the next one was accepted, in ms.</summary>
    public double TimeToNextAcceptedMs { get; set; }

    /// <summary>Calls accepted in a second.</summary>
    public double AcceptedPerSecond => Accepted.Count / Duration.TotalSeconds;

    /// <summary>Calls that got no answer.</summary>
    public int Unanswered => Offered - Accepted.Count - Refused.Count - Others;

    /// <summary>A call has its final answer.</summary>
    public void Add(int status, double milliseconds)
    {
        if (status == 503 && Refused.Count == 0)
            FirstRefusalMs = milliseconds;
        if (status is 200)
            Accepted.Add(milliseconds);
        else if (status is 503)
            Refused.Add(milliseconds);
        else
            Others++;
    }
}
