namespace Telephony.Sip.Messages;

/// <summary>The body of a NOTIFY about a transfer: part of a SIP message, of which the status line counts (RFC 3420, RFC 3515 section 2.4.5).</summary>
internal static class SipFragment
{
    /// <summary>Its content type, without parameters.</summary>
    public const string MediaType = "message/sipfrag";

    /// <summary>Reads the status of a fragment that begins with a status line; never throws.</summary>
    /// <param name="body">The fragment.</param>
    /// <param name="statusCode">100 to 699; 0 on failure.</param>
    public static bool TryReadStatus(ReadOnlySpan<byte> body, out int statusCode)
    {
        var text = body.TrimStart("\r\n \t"u8);
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        var line = (end < 0 ? text : text[..end]).TrimEnd((byte)' ');
        statusCode = StartLine.Parse(line, out var message) is null && message is SipResponse status ? status.StatusCode : 0;
        return statusCode != 0;
    }
}
