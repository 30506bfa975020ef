using System.Buffers;
using Telephony.Sip.Identity;
using Telephony.Sip.Messages;

namespace Telephony.Calls;

/// <summary>Whom a call of ours goes to, in the one spelling that is compared, counted and dialled: what was checked is what is sent.</summary>
/// <param name="User">A number without separators, or the user part of a SIP URI.</param>
/// <param name="Host">Host of a SIP URI, without port; null for a number.</param>
internal sealed record OutboundTarget(string User, string? Host)
{
    private const int MaxNumber = 32;

    // No escapes, parameters or passwords: a server behind could read another number into them.
    private static readonly SearchValues<char> UserChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_.*#");

    private static readonly SearchValues<char> NumberChars = SearchValues.Create("0123456789*#");

    /// <summary>Its SIP URI; null for a number.</summary>
    public SipUri? Uri { get; private init; }

    /// <summary>The number that a switch reads in it, without separators; null when its user is a name.</summary>
    public string? Number => User[0] == '+' || (!User.Any(char.IsAsciiLetter) && User.Any(char.IsAsciiDigit)) ? string.Concat(User.Where(c => c is not ('-' or '.'))) : null;

    /// <summary>Whether it names no port, or one that SIP has by default.</summary>
    public bool IsAtUsualPort => Uri?.Port is null or 5060 or 5061;

    /// <summary>What its calls are counted by: however it is written, a global number is one, and a local number or a name is one for each host.</summary>
    public string CountKey => Number is not { } number ? ToString() : number[0] == '+' || Host is null ? Dialled(number) : $"{Dialled(number)}@{Host}";

    /// <summary>Reads what the host or a peer named; null when it cannot be called.</summary>
    public static OutboundTarget? Of(TransferTarget target) => target.Uri is { } uri ? Of(uri) : OfNumber(target.ToString());

    /// <summary>Reads a URI; null when it cannot be called.</summary>
    public static OutboundTarget? Of(SipUri uri)
    {
        if (!uri.IsSip)
            return uri.Scheme is "tel" ? OfNumber(TelephoneNumber.Of(uri) ?? "") : null;
        if (uri.UserInfo is not { Length: > 0 } user || user.AsSpan().ContainsAnyExcept(UserChars) || uri.Headers is not null || uri.Host.Length == 0)
            return null;
        var plain = new SipUri { Scheme = uri.Scheme, UserInfo = user, Host = uri.Host, Port = uri.Port };
        if (uri.GetParameter("transport") is { Length: > 0 } transport && SipText.IsToken(transport))
            plain = plain with { Parameters = plain.Parameters.With("transport", transport) };
        return new OutboundTarget(user, uri.Host.ToLowerInvariant()) { Uri = plain };
    }

    /// <summary>Number, or user and host.</summary>
    public override string ToString() => Host is null ? User : $"{User}@{Host}";

    private static string Dialled(string number) => string.Concat(number.Where(c => c == '+' || NumberChars.Contains(c)));

    private static OutboundTarget? OfNumber(string number)
    {
        var digits = number.AsSpan(number.StartsWith('+') ? 1 : 0);
        return digits.Length is > 0 and <= MaxNumber && !digits.ContainsAnyExcept(NumberChars) ? new OutboundTarget(number, null) : null;
    }
}
