namespace Benchmarks.MediaPath;

/// <summary>The time of calls that are measured faster than they last, in nanoseconds.</summary>
internal sealed class PathTime : TimeProvider
{
    /// <summary>What the calls' clock shows.</summary>
    public long NowNs { get; set; } = 1_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => NowNs;
}
