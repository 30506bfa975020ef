namespace Telephony.Sip.Authentication;

/// <summary>A password mixed with its user and realm for one algorithm: all that is needed to make or check a proof (RFC 7616 section 3.4.2).</summary>
/// <remarks>As good as the password within its realm, so it is never written anywhere.</remarks>
internal sealed class DigestSecret
{
    /// <summary>The proof covers method and URI.</summary>
    public const string Auth = "auth";

    /// <summary>The proof covers the body too.</summary>
    public const string AuthInt = "auth-int";

    private readonly DigestAlgorithm _algorithm;
    private readonly string _hash;

    /// <summary>Mixes; the password is not kept.</summary>
    public DigestSecret(DigestAlgorithm algorithm, string username, string realm, string password)
    {
        _algorithm = algorithm;
        _hash = algorithm.Hash($"{username}:{realm}:{password}");
    }

    /// <summary>Whether another secret takes the same proofs.</summary>
    public bool IsSame(DigestSecret? other) => other is not null && _algorithm == other._algorithm && _hash == other._hash;

    /// <summary>The proof for a request, in lower-case hexadecimal.</summary>
    /// <param name="credentials">Everything but the proof itself.</param>
    /// <param name="method">Method of the request.</param>
    /// <param name="body">Its body; hashed for <see cref="AuthInt"/> only.</param>
    public string Prove(DigestCredentials credentials, string method, ReadOnlySpan<byte> body)
    {
        var secret = _algorithm.IsSession ? _algorithm.Hash($"{_hash}:{credentials.Nonce}:{credentials.ClientNonce}") : _hash;
        var bodyHash = credentials.Qop == AuthInt ? ":" + _algorithm.Hash(body.ToArray()) : "";
        var subject = _algorithm.Hash($"{method}:{credentials.Uri}{bodyHash}");
        return credentials.Qop is { } qop
            ? _algorithm.Hash($"{secret}:{credentials.Nonce}:{credentials.NonceCountText}:{credentials.ClientNonce}:{qop}:{subject}")
            : _algorithm.Hash($"{secret}:{credentials.Nonce}:{subject}");
    }
}
