using System.Text;
using Telephony.Sip.Messages;

namespace Telephony.Tests.Sip.Identity;

/// <summary>INVITEs for the tests of this folder.</summary>
internal static class IdentityInvite
{
    public const string PlainFrom = "<sip:1000@192.0.2.1>;tag=1";

    /// <summary>A request as the parser gives it, with header lines parted by a bar.</summary>
    public static SipRequest With(string lines, string from = PlainFrom, string requestUri = "sip:+4930999@agent.example", string to = "<sip:+4930999@agent.example>")
    {
        var extra = lines.Length == 0 ? "" : lines.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n";
        var invite = $"INVITE {requestUri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: {from}\r\n"
            + $"To: {to}\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\nContact: <sip:a@192.0.2.1>\r\n{extra}Content-Length: 0\r\n\r\n";
        return Assert.IsType<SipRequest>(SipParser.Parse(Encoding.UTF8.GetBytes(invite)).Message);
    }
}
