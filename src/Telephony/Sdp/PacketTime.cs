namespace Telephony.Sdp;

/// <summary>Turns what a peer wrote as ptime and maxptime into a packet time that we send.</summary>
internal static class PacketTime
{
    public const int MinMs = 10;
    public const int MaxMs = 60;

    // A receiver has to take packets of up to 200 ms (RFC 3551 section 4.2); a larger wish is a device's mistake.
    private const int LargestSaneMs = 200;

    /// <summary>The wished time, brought into 10 to 60 ms in steps of 10, never above maxptime unless that is below 10.</summary>
    public static int Choose(int? ptimeMs, int? maxPtimeMs, int ownMs)
    {
        var wished = ptimeMs is >= 1 and <= LargestSaneMs ? ptimeMs.Value : ownMs;
        var limit = maxPtimeMs is >= 1 ? Math.Min(maxPtimeMs.Value, MaxMs) : MaxMs;
        return Math.Max(MinMs, Math.Min(wished, limit) / MinMs * MinMs);
    }
}
