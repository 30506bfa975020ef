using System.Security.Cryptography;
using System.Text;
using Telephony.Sip.Admission;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>Request -> who sent it: checks the credentials in it, and writes the challenges of a refusal (RFC 3261 section 22, RFC 7616, RFC 8760).</summary>
/// <remarks>Owned by the signalling loop. Keeps nothing of a request whose proof was not right.</remarks>
internal sealed class DigestServer(DigestOptions options, UserDirectory users, TimeProvider timeProvider)
{
    private const int MaxCredentials = 8;

    private readonly IReadOnlyList<DigestAlgorithm> _algorithms = options.OfferedAlgorithms;
    private readonly NonceMint _mint = new(timeProvider);
    private readonly NonceCounts _counts = new(timeProvider, options.NonceLifetime, options.MaxNonces);

    /// <summary>Nonces remembered.</summary>
    internal int NonceCount => _counts.Count;

    /// <summary>Checks a request; each proof is accepted once, so this is called once for each transaction.</summary>
    public DigestResult Check(SipRequest request)
    {
        if (Find(request) is not { } credentials || !IsAcceptable(credentials, request))
            return new(DigestVerdict.Missing);
        // Not even looked at otherwise: a guess is held against whom its nonce was given to, and an address that is forged gets none.
        if (!_mint.TryOpen(credentials.Nonce, out var issued, out var origin))
            return new(DigestVerdict.Stale);

        var named = users.Named(credentials.Username);
        // Unknown names are computed with too: neither the answer nor its time shall tell which users there are.
        var isRight = IsRight(credentials, (named ?? users.Nobody).Secret(credentials.Algorithm), request);
        if (named is null || !isRight)
            return new(DigestVerdict.Wrong, Origin: origin);
        // Without a count (RFC 2069) a nonce is good for one use.
        var count = credentials.Qop is null ? uint.MaxValue : credentials.NonceCount;
        return _counts.TryUse(credentials.Nonce, issued, count)
            ? new(DigestVerdict.Accepted, named)
            : new(DigestVerdict.Stale);
    }

    /// <summary>Whom the nonce of the credentials in a request was given to, and whose they say they are; null without credentials, or where the nonce is none of ours.</summary>
    public (SourceId Origin, string User)? ClaimOf(SipRequest request) =>
        Find(request) is { } credentials && _mint.TryOpen(credentials.Nonce, out _, out var origin) ? (origin, credentials.Username) : null;

    /// <summary>Adds a challenge for each algorithm, strongest first (RFC 8760 section 2.3).</summary>
    /// <param name="response">A 401.</param>
    /// <param name="isStale">Whether only the nonce was at fault, so that the phone need not ask its user.</param>
    /// <param name="origin">Who is asked.</param>
    public void Challenge(SipResponse response, bool isStale, SourceId origin)
    {
        var nonce = _mint.Issue(origin);
        foreach (var algorithm in _algorithms)
        {
            var challenge = new DigestChallenge { Realm = options.Realm, Nonce = nonce, Algorithm = algorithm, Qop = DigestSecret.Auth, IsStale = isStale };
            response.Headers.Add(HeaderNames.WwwAuthenticate, challenge.ToString());
        }
    }

    private DigestCredentials? Find(SipRequest request)
    {
        foreach (var value in request.Headers.GetLines(HeaderNames.Authorization).Take(MaxCredentials))
        {
            if (DigestCredentials.TryParse(value, out var credentials) && credentials.Realm == options.Realm)
                return credentials;
        }
        return null;
    }

    private bool IsAcceptable(DigestCredentials credentials, SipRequest request) =>
        _algorithms.Contains(credentials.Algorithm)
        && credentials.Response.Length == credentials.Algorithm.HexLength
        && !credentials.IsUserHashed
        && (credentials.Qop == DigestSecret.Auth || (credentials.Qop is null && !options.RequireQop))
        && IsFor(credentials.Uri, request.RequestUri);

    /// <summary>Port and parameters may differ, as phones write them now with and now without, and some sign the server only; whom it is for may not.</summary>
    private static bool IsFor(string text, SipUri requestUri) =>
        text == requestUri.ToString()
        || (SipUri.TryParse(text, out var uri) && uri.Opaque == requestUri.Opaque && (uri.User is null || uri.User == requestUri.User)
            && uri.Host.Equals(requestUri.Host, StringComparison.OrdinalIgnoreCase));

    private static bool IsRight(DigestCredentials credentials, DigestSecret? secret, SipRequest request) =>
        secret is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(secret.Prove(credentials, request.Method, request.Body.Span)),
            Encoding.ASCII.GetBytes(credentials.Response.ToLowerInvariant()));
}
