using System.Globalization;
using System.Net;
using System.Text;

namespace Benchmarks.Media;

/// <summary>The three requests of a plain call, and what there is to read in an answer.</summary>
internal sealed class SipRequests(IPEndPoint local, IPEndPoint target, int rtpPort)
{
    private const string CallIdPrefix = "benchmark-";

    public byte[] Invite(PhoneLine line)
    {
        var sdp = $"v=0\r\no=- 1 1 IN IP4 {local.Address}\r\ns=-\r\nc=IN IP4 {local.Address}\r\nt=0 0\r\n" +
            $"m=audio {rtpPort} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n";
        return Request("INVITE", line, cseq: 1, $"Contact: <sip:benchmark@{local}>\r\nContent-Type: application/sdp\r\n", sdp);
    }

    public byte[] Ack(PhoneLine line) => Request("ACK", line, cseq: 1);

    public byte[] Bye(PhoneLine line) => Request("BYE", line, cseq: 2);

    /// <summary>Status, method and number of the call; false for anything but an answer to one of ours.</summary>
    public static bool TryRead(string message, out int status, out string method, out int number)
    {
        (status, number, method) = (0, 0, "");
        return message.StartsWith("SIP/2.0 ", StringComparison.Ordinal)
            && int.TryParse(message.AsSpan(8, 3), CultureInfo.InvariantCulture, out status)
            && int.TryParse(Between(message, $"Call-ID: {CallIdPrefix}", "\r\n"), CultureInfo.InvariantCulture, out number)
            && (method = Between(message, "CSeq: ", "\r\n").Split(' ')[^1]).Length > 0;
    }

    /// <summary>Tag of the To header.</summary>
    public static string ToTag(string message) => Between(Between(message, "\r\nTo: ", "\r\n") + ";", ";tag=", ";");

    /// <summary>Port of the answer's audio line.</summary>
    public static int RtpPort(string message) => int.Parse(Between(message, "m=audio ", " "), CultureInfo.InvariantCulture);

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return "";
        start += before.Length;
        var end = text.IndexOf(after, start, StringComparison.Ordinal);
        return end < 0 ? "" : text[start..end];
    }

    private byte[] Request(string method, PhoneLine line, int cseq, string headers = "", string body = "") => Encoding.ASCII.GetBytes(
        $"{method} sip:agent@{target} SIP/2.0\r\n" +
        $"Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK-{method}-{line.Number}\r\n" +
        $"Max-Forwards: 70\r\nFrom: <sip:benchmark@{local}>;tag=b{line.Number}\r\n" +
        $"To: <sip:agent@{target}>{(line.RemoteTag.Length > 0 ? ";tag=" + line.RemoteTag : "")}\r\n" +
        $"Call-ID: {CallIdPrefix}{line.Number}\r\nCSeq: {cseq} {method}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
}
