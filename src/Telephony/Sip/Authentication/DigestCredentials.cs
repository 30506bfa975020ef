using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>The value of an Authorization or Proxy-Authorization header (RFC 7616 section 3.4).</summary>
internal sealed record DigestCredentials
{
    private const int NonceCountDigits = 8;

    /// <summary>The user's name, or its hash where <see cref="IsUserHashed"/>.</summary>
    public required string Username { get; init; }

    /// <summary>Whose password was used.</summary>
    public required string Realm { get; init; }

    /// <summary>The server's nonce.</summary>
    public required string Nonce { get; init; }

    /// <summary>The Request-URI as the sender hashed it.</summary>
    public required string Uri { get; init; }

    /// <summary>The proof, in hexadecimal.</summary>
    public string Response { get; init; } = "";

    /// <summary>The hash that was used.</summary>
    public required DigestAlgorithm Algorithm { get; init; }

    /// <summary>What is protected; null for the scheme of RFC 2069.</summary>
    public string? Qop { get; init; }

    /// <summary>The client's nonce; null where nothing needs it.</summary>
    public string? ClientNonce { get; init; }

    /// <summary>How often the nonce was used, this time included; 0 without <see cref="Qop"/>.</summary>
    public uint NonceCount { get; init; }

    /// <summary>What the challenge wanted back; null for nothing.</summary>
    public string? Opaque { get; init; }

    /// <summary>Whether <see cref="Username"/> is a hash.</summary>
    public bool IsUserHashed { get; init; }

    /// <summary>The count as it is written and hashed.</summary>
    public string NonceCountText => NonceCount.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Reads a header value; never throws. False when anything is missing that the proof needs.</summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out DigestCredentials? credentials)
    {
        credentials = null;
        if (!DigestFields.TryParse(value, out var fields) || !DigestAlgorithm.TryParse(fields["algorithm"], out var algorithm))
            return false;
        if (fields["username"] is not { } username || fields["realm"] is not { } realm || fields["nonce"] is not { } nonce
            || fields["uri"] is not { } uri || fields["response"] is not { } response)
            return false;

        uint count = 0;
        var qop = fields["qop"];
        if (qop is not null && !(SipText.IsToken(qop) && TryParseCount(fields["nc"], out count) && fields["cnonce"] is { Length: > 0 }))
            return false;
        credentials = new DigestCredentials
        {
            Username = username,
            Realm = realm,
            Nonce = nonce,
            Uri = uri,
            Response = response,
            Algorithm = algorithm,
            Qop = qop,
            ClientNonce = fields["cnonce"],
            NonceCount = count,
            Opaque = fields["opaque"],
            IsUserHashed = "true".Equals(fields["userhash"], StringComparison.OrdinalIgnoreCase),
        };
        return true;
    }

    /// <summary>The credentials that a challenge asks for, still without proof.</summary>
    /// <param name="challenge">What is asked.</param>
    /// <param name="username">The account's name.</param>
    /// <param name="uri">The Request-URI as the request has it.</param>
    /// <param name="qop">The protection chosen; null for none.</param>
    /// <param name="clientNonce">Ours; null where neither protection nor algorithm needs one.</param>
    /// <param name="nonceCount">How often the nonce is used with this.</param>
    public static DigestCredentials Of(DigestChallenge challenge, string username, string uri, string? qop, string? clientNonce, uint nonceCount) => new()
    {
        Username = challenge.TakesUserHash ? challenge.Algorithm.Hash($"{username}:{challenge.Realm}") : SipText.Quote(username)[1..^1],
        IsUserHashed = challenge.TakesUserHash,
        Realm = challenge.Realm,
        Nonce = challenge.Nonce,
        Uri = uri,
        Algorithm = challenge.Algorithm,
        Qop = qop,
        ClientNonce = clientNonce,
        NonceCount = nonceCount,
        Opaque = challenge.Opaque,
    };

    /// <summary>The header value.</summary>
    public override string ToString() => new DigestFields.Writer()
        .Quoted("username", Username)
        .Quoted("realm", Realm)
        .Quoted("nonce", Nonce)
        .Quoted("uri", Uri)
        .Quoted("response", Response)
        .Plain("algorithm", Algorithm.Name)
        .Quoted("cnonce", ClientNonce)
        .Plain("qop", Qop)
        .Plain("nc", Qop is null ? null : NonceCountText)
        .Quoted("opaque", Opaque)
        .Plain("userhash", IsUserHashed ? "true" : null)
        .ToString();

    private static bool TryParseCount(string? text, out uint count)
    {
        count = 0;
        return text is { Length: NonceCountDigits } && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out count) && count > 0;
    }
}
