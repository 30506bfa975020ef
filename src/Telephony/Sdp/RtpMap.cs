using System.Globalization;

namespace Telephony.Sdp;

/// <summary>Value of an <c>a=rtpmap</c> line: which encoding a payload type number stands for (RFC 8866 section 6.6).</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="EncodingName">As written; compared without regard to case.</param>
/// <param name="ClockRateHz">RTP timestamp units per second.</param>
/// <param name="Channels">1 when not written.</param>
public readonly record struct RtpMap(byte PayloadType, string EncodingName, int ClockRateHz, int Channels = 1)
{
    /// <summary>Largest payload type number that an RTP header can carry.</summary>
    public const byte MaxPayloadType = 127;

    /// <summary>Reads <c>8 PCMA/8000/1</c>; false for anything that lacks a number, a name or a rate.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out RtpMap map)
    {
        map = default;
        value = value.Trim();
        var space = value.IndexOfAny(' ', '\t');
        if (space < 0 || !TryParsePayloadType(value[..space], out var payloadType))
            return false;

        Span<Range> parts = stackalloc Range[4];
        var encoding = value[space..].Trim();
        var count = encoding.Split(parts, '/');
        var name = encoding[parts[0]].Trim();
        var channels = 1;
        if (count is < 2 or > 3 || name.IsEmpty || !TryParsePositive(encoding[parts[1]], out var clockRateHz)
            || (count == 3 && !TryParsePositive(encoding[parts[2]], out channels)))
            return false;

        map = new RtpMap(payloadType, name.ToString(), clockRateHz, channels);
        return true;
    }

    /// <summary>True if a value is about that payload type; cheap, as every format of a line asks every rtpmap.</summary>
    internal static bool IsFor(byte payloadType, ReadOnlySpan<char> value)
    {
        value = value.TrimStart();
        var space = value.IndexOfAny(' ', '\t');
        return space > 0 && TryParsePayloadType(value[..space], out var number) && number == payloadType;
    }

    /// <summary>Reads a payload type number, 0 to 127.</summary>
    public static bool TryParsePayloadType(ReadOnlySpan<char> text, out byte payloadType) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out payloadType) && payloadType <= MaxPayloadType;

    /// <summary>The value of the line.</summary>
    public override string ToString() =>
        Channels == 1 ? $"{PayloadType} {EncodingName}/{ClockRateHz}" : $"{PayloadType} {EncodingName}/{ClockRateHz}/{Channels}";

    private static bool TryParsePositive(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
