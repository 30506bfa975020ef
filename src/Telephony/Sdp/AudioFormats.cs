using System.Diagnostics.CodeAnalysis;
using Telephony.Codecs;

namespace Telephony.Sdp;

/// <summary>Matches the payload type numbers of an audio line with the codecs that we speak.</summary>
internal static class AudioFormats
{
    public const string TelephoneEvent = "telephone-event";

    /// <summary>The DTMF events 0-9, *, #, A-D (RFC 4733 section 3.2).</summary>
    public const string DtmfEvents = "0-15";

    /// <summary>Comfort noise (RFC 3389 section 4).</summary>
    public const string ComfortNoise = "CN";

    private const int UsualEventClockRateHz = 8_000;

    // One for each clock that a codec may have, and no more than can be looked through for every packet.
    private const int MaxOtherEvents = 4;

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

    /// <summary>Every telephone-event of a line but one.</summary>
    public static EventFormat[] OtherTelephoneEvents(MediaDescription media, byte? payloadType) =>
        [.. Named(media, TelephoneEvent).Where(map => map.PayloadType != payloadType).Take(MaxOtherEvents).Select(map => new EventFormat(map.PayloadType, map.ClockRateHz))];

    /// <summary>Payload type of telephone-event at a clock rate; null when the line has none there.</summary>
    public static byte? TelephoneEventPayloadType(MediaDescription media, int clockRateHz) => At(Named(media, TelephoneEvent), clockRateHz);

    /// <summary>Payload type of comfort noise at a clock rate, 13 for 8 kHz with or without its rtpmap; null when the line has none there.</summary>
    public static byte? ComfortNoisePayloadType(MediaDescription media, int clockRateHz) =>
        clockRateHz == UsualEventClockRateHz && media.Formats.Contains($"{NegotiatedMedia.StaticComfortNoisePayloadType}")
            ? NegotiatedMedia.StaticComfortNoisePayloadType
            : At(Named(media, ComfortNoise), clockRateHz);

    private static IEnumerable<RtpMap> Named(MediaDescription media, string encodingName)
    {
        foreach (var format in media.Formats)
        {
            if (RtpMap.TryParsePayloadType(format, out var payloadType)
                && media.TryGetRtpMap(payloadType, out var map)
                && map.EncodingName.Equals(encodingName, StringComparison.OrdinalIgnoreCase))
                yield return map;
        }
    }

    private static byte? At(IEnumerable<RtpMap> maps, int clockRateHz) => maps.Where(map => map.ClockRateHz == clockRateHz).Select(map => (byte?)map.PayloadType).FirstOrDefault();

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
