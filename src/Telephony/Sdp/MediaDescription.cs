using System.Globalization;
using System.Net;

namespace Telephony.Sdp;

/// <summary>One <c>m=</c> line with the lines that belong to it (RFC 8866 section 5.14). The lines are kept; the properties read them.</summary>
public sealed record MediaDescription
{
    /// <summary><c>audio</c>, <c>video</c> and so on, as written.</summary>
    public required string Type { get; init; }

    /// <summary>Transport port; 0 refuses or disables the stream.</summary>
    public required int Port { get; init; }

    /// <summary>Transport protocol, as written: <c>RTP/AVP</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Formats in order of preference: for RTP, payload type numbers.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>Address of the media-level <c>c=</c> line; null if there is none, or it is a host name.</summary>
    public IPAddress? ConnectionAddress { get; init; }

    /// <summary>The <c>a=</c> lines, unknown ones too, in order.</summary>
    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    /// <summary>Direction named at this level, or null.</summary>
    public MediaDirection? Direction => Attributes.Direction();

    /// <summary>Wished packet time in ms, whatever number was written; null if none was.</summary>
    public int? PtimeMs => Milliseconds("ptime");

    /// <summary>Largest packet time that the writer takes, in ms; null if not written.</summary>
    public int? MaxPtimeMs => Milliseconds("maxptime");

    /// <summary>True for an m= line of that type.</summary>
    public bool Is(string type) => Type.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rtpmap of a payload type; false if there is none that can be read.</summary>
    public bool TryGetRtpMap(byte payloadType, out RtpMap map)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Is("rtpmap") && RtpMap.IsFor(payloadType, attribute.Value) && RtpMap.TryParse(attribute.Value, out map))
                return true;
        }
        map = default;
        return false;
    }

    /// <summary>The fmtp parameters of a payload type, as written; empty if there are none.</summary>
    public ReadOnlySpan<char> FormatParameters(byte payloadType)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Is("fmtp") && RtpMap.IsFor(payloadType, attribute.Value))
                return attribute.Value.AsSpan().TrimStart().TrimStart("0123456789").Trim();
        }
        return [];
    }

    /// <summary>Where RTCP is wanted for RTP at the given address: <c>a=rtcp</c> (RFC 3605), else the port above (RFC 3550 section 11).</summary>
    public IPEndPoint RtcpEndPoint(IPAddress rtpAddress)
    {
        if (!Attributes.TryGet("rtcp", out var value))
            return new IPEndPoint(rtpAddress, Math.Min(Port + 1, IPEndPoint.MaxPort));

        var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var address = parts.Length == 4 && IPAddress.TryParse(parts[3], out var other) && other.AddressFamily == rtpAddress.AddressFamily ? other : rtpAddress;
        return parts.Length > 0 && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new IPEndPoint(address, port)
            : new IPEndPoint(rtpAddress, Math.Min(Port + 1, IPEndPoint.MaxPort));
    }

    private int? Milliseconds(string attribute)
    {
        if (!Attributes.TryGet(attribute, out var value))
            return null;
        var digits = value.AsSpan();   // some devices write 20.0
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? ms : null;
    }
}
