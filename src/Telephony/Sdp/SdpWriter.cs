using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Telephony.Sdp;

/// <summary><see cref="SessionDescription"/> -> bytes of a body, in the order that RFC 8866 section 9 demands, lines ended by CRLF.</summary>
public static class SdpWriter
{
    /// <summary>Writes the whole body.</summary>
    public static byte[] Write(SessionDescription description) => Encoding.UTF8.GetBytes(ToText(description));

    /// <summary>The body as text: for logs and tests.</summary>
    public static string ToText(SessionDescription description)
    {
        var origin = description.Origin;
        var originFamily = origin.Address.Contains(':', StringComparison.Ordinal) ? "IP6" : "IP4";
        var text = new StringBuilder(512);
        text.Append($"v=0\r\no={origin.Username} {origin.SessionId} {origin.Version} IN {originFamily} {origin.Address}\r\ns={description.Name}\r\n");
        WriteConnection(text, description.ConnectionAddress);
        text.Append("t=0 0\r\n");
        WriteAttributes(text, description.Attributes);
        foreach (var media in description.Media)
        {
            text.Append($"m={media.Type} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}\r\n");
            WriteConnection(text, media.ConnectionAddress);
            WriteAttributes(text, media.Attributes);
        }
        return text.ToString();
    }

    private static void WriteConnection(StringBuilder text, IPAddress? address)
    {
        if (address is not null)
            text.Append($"c=IN {(address.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4")} {address}\r\n");
    }

    private static void WriteAttributes(StringBuilder text, IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
            text.Append($"a={attribute}\r\n");
    }
}
