using System.Net;
using System.Security.Cryptography;
using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>Who calls whom from where: what the INVITE said, read once.</summary>
/// <remarks>P-Asserted-Identity is not looked at: only a trusted peer may assert (RFC 3325 section 5), and none is configured.</remarks>
internal sealed record CallIdentity(
    string CallId,
    string SipCallId,
    string From,
    string? CallerNumber,
    string? CallerName,
    string To,
    string DialledNumber,
    IPEndPoint RemoteEndPoint,
    string? Trunk = null)
{
    // Lower case without the letters that are read as digits, for people who spell ids over the phone.
    private const string IdAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 8;

    /// <summary>Reads the INVITE and gives the call its id.</summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="remoteEndPoint">Where it came from.</param>
    /// <param name="trunk">Name of the trunk it came from, or null.</param>
    public static CallIdentity Of(SipRequest invite, IPEndPoint remoteEndPoint, string? trunk = null)
    {
        var from = invite.From;
        return new CallIdentity(
            RandomNumberGenerator.GetString(IdAlphabet, IdLength),
            invite.CallId,
            from.Uri.ToString(),
            IsAnonymous(from.Uri) ? null : Number(from.Uri),
            string.IsNullOrWhiteSpace(from.DisplayName) ? null : from.DisplayName,
            invite.To.Uri.ToString(),
            Number(invite.RequestUri) ?? "",
            remoteEndPoint,
            trunk);
    }

    // RFC 3323 section 4.1.1.3.
    private static bool IsAnonymous(SipUri uri) =>
        uri.Host.EndsWith("anonymous.invalid", StringComparison.OrdinalIgnoreCase) || string.Equals(uri.User, "anonymous", StringComparison.OrdinalIgnoreCase);

    /// <summary>The user part, or the number of a tel URI, without parameters such as phone-context; null if empty.</summary>
    private static string? Number(SipUri uri)
    {
        var number = uri.User?.Split(';', 2)[0];
        return string.IsNullOrEmpty(number) ? null : number;
    }
}
