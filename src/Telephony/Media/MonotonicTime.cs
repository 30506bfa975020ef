namespace Telephony.Media;

/// <summary>Monotonic time in nanoseconds, the unit of everything on the media thread.</summary>
internal static class MonotonicTime
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds since some moment in the past.</summary>
    public static long GetNs(this TimeProvider timeProvider)
    {
        var frequency = timeProvider.TimestampFrequency;
        var timestamp = timeProvider.GetTimestamp();
        return frequency == NsPerSecond ? timestamp : (long)((Int128)timestamp * NsPerSecond / frequency);
    }

    /// <summary>The same length of time in nanoseconds.</summary>
    public static long ToNs(this TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
