using System.Diagnostics.CodeAnalysis;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>The value of a WWW- or Proxy-Authenticate header: what credentials have to be made of (RFC 7616 section 3.3).</summary>
internal sealed record DigestChallenge
{
    /// <summary>Whose passwords are asked for.</summary>
    public required string Realm { get; init; }

    /// <summary>The server's one-time text.</summary>
    public required string Nonce { get; init; }

    /// <summary>What the server wants back unchanged; null for nothing.</summary>
    public string? Opaque { get; init; }

    /// <summary>The hash.</summary>
    public required DigestAlgorithm Algorithm { get; init; }

    /// <summary>What may be protected, as listed; null for the scheme of RFC 2069, which protects against little.</summary>
    public string? Qop { get; init; }

    /// <summary>Whether only the nonce of the credentials before was too old.</summary>
    public bool IsStale { get; init; }

    /// <summary>Whether the user's name may be sent hashed.</summary>
    public bool TakesUserHash { get; init; }

    /// <summary>Reads a header value; never throws. False for other schemes and for algorithms that we do not have.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out DigestChallenge? challenge)
    {
        challenge = null;
        if (!DigestFields.TryParse(value, out var fields) || fields["realm"] is not { } realm || fields["nonce"] is not { } nonce)
            return false;
        if (!DigestAlgorithm.TryParse(fields["algorithm"], out var algorithm))
            return false;
        challenge = new DigestChallenge
        {
            Realm = realm,
            Nonce = nonce,
            Opaque = fields["opaque"],
            Algorithm = algorithm,
            Qop = fields["qop"],
            IsStale = IsTrue(fields["stale"]),
            TakesUserHash = IsTrue(fields["userhash"]),
        };
        return true;
    }

    /// <summary>The strongest kind of protection that we have of those listed: null for none asked, false when we have none of them.</summary>
    public bool TryChooseQop(out string? qop)
    {
        qop = null;
        if (string.IsNullOrWhiteSpace(Qop))
            return true;
        ReadOnlySpan<char> rest = Qop;
        while (!rest.IsEmpty)
        {
            var option = SipText.NextListElement(ref rest);
            if (option.Equals(DigestSecret.Auth, StringComparison.OrdinalIgnoreCase))
                qop = DigestSecret.Auth;
            else if (option.Equals(DigestSecret.AuthInt, StringComparison.OrdinalIgnoreCase))
                qop ??= DigestSecret.AuthInt;
        }
        return qop is not null;
    }

    /// <summary>The header value.</summary>
    public override string ToString() => new DigestFields.Writer()
        .Quoted("realm", Realm)
        .Quoted("nonce", Nonce)
        .Quoted("opaque", Opaque)
        .Plain("algorithm", Algorithm.Name)
        .Quoted("qop", Qop)
        .Plain("stale", IsStale ? "true" : null)
        .Plain("userhash", TakesUserHash ? "true" : null)
        .ToString();

    private static bool IsTrue(string? value) => "true".Equals(value, StringComparison.OrdinalIgnoreCase);
}
