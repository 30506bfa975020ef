using System.Globalization;
using System.Net;
using System.Text;

namespace Benchmarks.Media;

/// <summary>The three requests of a plain call, and what there is to read in an answer.</summary>
internal sealed class SipRequests(IPEndPoint local, IPEndPoint target, int rtpPort)
{
    private const string CallIdPrefix = "benchmark-";

    /// <summary>Whom is called.</summary>
    public string User { get; init; } = "agent";

    /// <summary>The only codec offered: its payload type, and what SDP says of it.</summary>
    public byte PayloadType { get; init; }

    public string RtpMap { get; init; } = "PCMU/8000";

    /// <summary>Suite and key as in an SDP line a=crypto (RFC 4568), for media that is encrypted; empty for media that is not.</summary>
    public string Crypto { get; init; } = "";

    public byte[] Invite(int number)
    {
        var sdp = $"v=0\r\no=- 1 1 IN IP4 {local.Address}\r\ns=-\r\nc=IN IP4 {local.Address}\r\nt=0 0\r\n" +
            $"m=audio {rtpPort} {(Crypto.Length > 0 ? "RTP/SAVP" : "RTP/AVP")} {PayloadType} 101\r\na=rtpmap:{PayloadType} {RtpMap}\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n{(Crypto.Length > 0 ? $"a=crypto:1 {Crypto}\r\n" : "")}";
        return Request("INVITE", number, "", cseq: 1, $"Contact: <sip:benchmark@{local}>\r\nContent-Type: application/sdp\r\n", sdp);
    }

    /// <summary>To a refusal it belongs to the INVITE's transaction (RFC 3261 section 17.1.1.3), to a success it is one of its own.</summary>
    public byte[] Ack(int number, string remoteTag, bool isOfSuccess = true) =>
        Request("ACK", number, remoteTag, cseq: 1, branchOf: isOfSuccess ? "ACK" : "INVITE");

    public byte[] Bye(int number, string remoteTag) => Request("BYE", number, remoteTag, cseq: 2);

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

    /// <summary>The key of the answer's line a=crypto; empty where there is none.</summary>
    public static string MediaKey(string message) => Between(message, " inline:", "\r\n").Split('|')[0];

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return "";
        start += before.Length;
        var end = text.IndexOf(after, start, StringComparison.Ordinal);
        return end < 0 ? "" : text[start..end];
    }

    private byte[] Request(string method, int number, string remoteTag, int cseq, string headers = "", string body = "", string? branchOf = null) => Encoding.ASCII.GetBytes(
        $"{method} sip:{User}@{target} SIP/2.0\r\n" +
        $"Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK-{branchOf ?? method}-{number}\r\n" +
        $"Max-Forwards: 70\r\nFrom: <sip:benchmark@{local}>;tag=b{number}\r\n" +
        $"To: <sip:{User}@{target}>{(remoteTag.Length > 0 ? ";tag=" + remoteTag : "")}\r\n" +
        $"Call-ID: {CallIdPrefix}{number}\r\nCSeq: {cseq} {method}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}");
}
