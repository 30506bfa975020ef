using Telephony.Codecs;

namespace Telephony.Sdp;

/// <summary>Turns what a peer wrote as ptime and maxptime into a packet time that we send.</summary>
internal static class PacketTime
{
    public const int MinMs = 10;
    public const int MaxMs = 60;

    // A receiver has to take packets of up to 200 ms (RFC 3551 section 4.2); a larger wish is a device's mistake.
    private const int LargestSaneMs = 200;

    /// <summary>The wished time, brought into 10 to 60 ms in steps of 10 as the codec has them, never above maxptime unless that is below 10.</summary>
    public static int Choose(AudioCodec codec, int? ptimeMs, int? maxPtimeMs, int ownMs) => Fit(codec, Choose(ptimeMs, maxPtimeMs, ownMs));

    private static int Choose(int? ptimeMs, int? maxPtimeMs, int ownMs)
    {
        var wished = ptimeMs is >= 1 and <= LargestSaneMs ? ptimeMs.Value : ownMs;
        var limit = maxPtimeMs is >= 1 ? Math.Min(maxPtimeMs.Value, MaxMs) : MaxMs;
        return Math.Max(MinMs, Math.Min(wished, limit) / MinMs * MinMs);
    }

    // Opus has frames of 10, 20, 40 and 60 ms; 40 ms of uncompressed audio at 16 kHz fill a packet.
    private static int Fit(AudioCodec codec, int ms) =>
        codec == CodecCatalog.Opus && ms is 30 or 50 ? ms - MinMs
        : codec == CodecCatalog.L16At16k ? Math.Min(ms, 40)
        : ms;
}
