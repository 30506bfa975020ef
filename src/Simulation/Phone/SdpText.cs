using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Telephony.Codecs;

namespace Simulation.Phone;

/// <summary>One codec as the far side's SDP lists it.</summary>
/// <param name="PayloadType">RTP payload type.</param>
/// <param name="Name">Encoding name, upper case.</param>
internal readonly record struct SdpCodec(byte PayloadType, string Name);

/// <summary>What the caller needs to know of the far side's SDP.</summary>
/// <param name="Rtp">Where its audio is to be sent; port 0 refuses it.</param>
/// <param name="Codecs">Codecs of the first audio line, in its order.</param>
/// <param name="Direction">sendrecv, sendonly, recvonly or inactive.</param>
internal sealed record PeerSdp(IPEndPoint Rtp, IReadOnlyList<SdpCodec> Codecs, string Direction)
{
    /// <summary>Payload type of telephone-event, or null.</summary>
    public byte? TelephoneEvent =>
        Codecs.Where(c => c.Name == SdpText.TelephoneEvent).Select(c => (byte?)c.PayloadType).FirstOrDefault();
}

/// <summary>SDP as text: writes the caller's offer and answer, reads the far side's (RFC 8866).</summary>
internal static class SdpText
{
    /// <summary>Encoding name of RFC 4733 digits, upper case.</summary>
    public const string TelephoneEvent = "TELEPHONE-EVENT";

    private const int FirstDynamicPayloadType = 96;
    private const byte TelephoneEventPayloadType = 101;   // the number nearly every phone uses

    /// <summary>The caller's side of the session.</summary>
    /// <param name="rtp">Where the caller receives.</param>
    /// <param name="options">Codecs, telephone-event and packet time.</param>
    /// <param name="version">Grows with each change (RFC 3264 section 8).</param>
    /// <param name="direction">sendrecv, sendonly, recvonly or inactive.</param>
    public static string Write(IPEndPoint rtp, CallerOptions options, int version, string direction)
    {
        var codecs = options.Codecs.Select((codec, i) => new SdpCodec(codec.StaticPayloadType ?? (byte)(FirstDynamicPayloadType + i), codec.Name)).ToList();
        return Write(rtp, codecs, options.OfferTelephoneEvents ? TelephoneEventPayloadType : null, options.PtimeMs, version, direction);
    }

    /// <summary>The caller's answer to an offer of the far side: one codec, the offer's payload types.</summary>
    public static string WriteAnswer(IPEndPoint rtp, PeerSdp offer, SdpCodec codec, int ptimeMs, int version, string direction) =>
        Write(rtp, [codec], offer.TelephoneEvent, ptimeMs, version, direction);

    /// <summary>The direction that answers the far side's.</summary>
    public static string Mirror(string direction) =>
        direction switch { "sendonly" => "recvonly", "recvonly" => "sendonly", _ => direction };

    /// <summary>Picks the far side's first codec that the caller has too; null when there is none.</summary>
    public static SdpCodec? Choose(PeerSdp peer, IReadOnlyList<AudioCodec> own)
    {
        foreach (var codec in peer.Codecs)
        {
            if (own.Any(o => o.Name == codec.Name))
                return codec;
        }
        return null;
    }

    /// <summary>Reads the session and its first audio line; false when there is none or it has no usable address.</summary>
    public static bool TryRead(string body, out PeerSdp? peer)
    {
        peer = null;
        string connection = "", direction = "sendrecv";
        string[]? media = null;
        var names = new Dictionary<string, string>(StringComparer.Ordinal) { ["0"] = "PCMU", ["8"] = "PCMA" };
        foreach (var line in body.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("m=", StringComparison.Ordinal))
            {
                if (media is not null)
                    break;   // the first audio line ends here
                if (line.StartsWith("m=audio ", StringComparison.Ordinal))
                    media = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            else if (line.StartsWith("c=", StringComparison.Ordinal))
                connection = line.Split(' ')[^1].Split('/')[0];
            else if (line is "a=sendrecv" or "a=sendonly" or "a=recvonly" or "a=inactive")
                direction = line[2..];
            else if (line.StartsWith("a=rtpmap:", StringComparison.Ordinal) && line[9..].Split(' ', 2) is [var type, var encoding])
                names[type] = encoding.Split('/')[0].ToUpperInvariant();
        }
        if (media is not { Length: >= 4 } || !IPAddress.TryParse(connection, out var address) || !ushort.TryParse(media[1], out var port))
            return false;
        peer = new PeerSdp(new IPEndPoint(address, port), ReadCodecs(media, names), direction);
        return true;
    }

    private static List<SdpCodec> ReadCodecs(string[] media, Dictionary<string, string> names)
    {
        var codecs = new List<SdpCodec>();
        foreach (var type in media.Skip(3))
        {
            if (byte.TryParse(type, out var payloadType) && names.TryGetValue(type, out var name))
                codecs.Add(new SdpCodec(payloadType, name));
        }
        return codecs;
    }

    private static string Write(IPEndPoint rtp, List<SdpCodec> codecs, byte? eventType, int ptimeMs, int version, string direction)
    {
        var family = rtp.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4";
        var types = codecs.Select(c => c.PayloadType.ToString(CultureInfo.InvariantCulture));
        var text = new StringBuilder()
            .Append("v=0\r\no=- ").Append(rtp.Port).Append(' ').Append(version).Append($" IN {family} {rtp.Address}\r\n")
            .Append($"s=-\r\nc=IN {family} {rtp.Address}\r\nt=0 0\r\n")
            .Append($"m=audio {rtp.Port} RTP/AVP {string.Join(' ', types)}{(eventType is null ? "" : $" {eventType}")}\r\n");
        foreach (var codec in codecs)
            text.Append($"a=rtpmap:{codec.PayloadType} {codec.Name}/8000\r\n");
        if (eventType is not null)
            text.Append($"a=rtpmap:{eventType} telephone-event/8000\r\na=fmtp:{eventType} 0-16\r\n");
        return text.Append($"a=ptime:{ptimeMs}\r\na={direction}\r\n").ToString();
    }
}
