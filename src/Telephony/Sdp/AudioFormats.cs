using System.Diagnostics.CodeAnalysis;
using Telephony.Codecs;

namespace Telephony.Sdp;

/// <summary>Matches the payload type numbers of an audio line with the codecs that we speak.</summary>
internal static class AudioFormats
{
    public const string TelephoneEvent = "telephone-event";

    /// <summary>The DTMF events 0-9, *, #, A-D (RFC 4733 section 3.2).</summary>
    public const string DtmfEvents = "0-15";

    private const int UsualEventClockRateHz = 8_000;

    /// <summary>The codecs of a media line that are among ours, in the line's order.</summary>
    public static List<AudioFormat> CommonCodecs(MediaDescription media, IReadOnlyList<AudioCodec> codecs)
    {
        var common = new List<AudioFormat>();
        foreach (var format in media.Formats)
        {
            if (RtpMap.TryParsePayloadType(format, out var payloadType) && TryFindCodec(media, payloadType, codecs, out var codec))
                common.Add(new(payloadType, codec));
        }
        return common;
    }

    /// <summary>Payload type and clock of telephone-event beside a codec: on the codec's clock, else on 8 kHz, which many phones have for all their codecs.</summary>
    public static (byte? PayloadType, int ClockRateHz) TelephoneEvents(MediaDescription media, int codecClockRateHz) =>
        TelephoneEventPayloadType(media, codecClockRateHz) is { } same ? (same, codecClockRateHz)
        : TelephoneEventPayloadType(media, UsualEventClockRateHz) is { } usual ? (usual, UsualEventClockRateHz)
        : (null, UsualEventClockRateHz);

    /// <summary>Payload type of telephone-event at a clock rate; null when the line has none there.</summary>
    public static byte? TelephoneEventPayloadType(MediaDescription media, int clockRateHz)
    {
        foreach (var format in media.Formats)
        {
            if (RtpMap.TryParsePayloadType(format, out var payloadType)
                && media.TryGetRtpMap(payloadType, out var map)
                && map.ClockRateHz == clockRateHz
                && map.EncodingName.Equals(TelephoneEvent, StringComparison.OrdinalIgnoreCase))
                return payloadType;
        }
        return null;
    }

    private static bool TryFindCodec(MediaDescription media, byte payloadType, IReadOnlyList<AudioCodec> codecs, [NotNullWhen(true)] out AudioCodec? codec)
    {
        // A number of RFC 3551 table 4 needs no rtpmap; where there is one, it says what the peer means.
        codec = media.TryGetRtpMap(payloadType, out var map)
            ? codecs.FirstOrDefault(ours => IsNamed(ours, map))
            : codecs.FirstOrDefault(ours => ours.StaticPayloadType == payloadType);
        return codec is not null;
    }

    private static bool IsNamed(AudioCodec codec, RtpMap map) =>
        codec.Name.Equals(map.EncodingName, StringComparison.OrdinalIgnoreCase) && codec.ClockRateHz == map.ClockRateHz && codec.Channels == map.Channels;
}
