using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Telephony.Sip.Messages;

namespace Telephony.Sip.Authentication;

/// <summary>Answers the challenges that one request of ours meets: 401 or 407 -> the header that its repetition carries (RFC 3261 section 22).</summary>
/// <remarks>
/// One for each request; its repetitions share it. Whoever sends the request sees to it that it went to the account's own server: what a realm is called
/// proves nothing about who asks (CVE-2021-41158).
/// </remarks>
internal sealed class DigestClient(DigestAccount account)
{
    /// <summary>Answers given at most: the first, and one more where only the nonce was too old.</summary>
    private const int MaxAnswers = 2;

    private const int ClientNonceBytes = 16;
    private const int MaxChallenges = 16;

    private readonly HashSet<string> _answered = new(StringComparer.Ordinal);
    private int _answers;
    private string? _nonce;
    private uint _nonceCount;

    /// <summary>Makes the credentials that the request lacked.</summary>
    /// <param name="request">The request that was challenged; its repetition must have the same method, Request-URI and body.</param>
    /// <param name="challenge">Its 401 or 407.</param>
    /// <param name="authorization">To be set in the repetition, which needs a CSeq one higher; an earlier header of that name is replaced.</param>
    /// <returns>False when the request has failed for good: the credentials were wrong, another realm asks, nothing we can compute is asked, or two
    /// answers were not enough.</returns>
    public bool TryAnswer(SipRequest request, SipResponse challenge, [NotNullWhen(true)] out SipHeader? authorization)
    {
        authorization = null;
        var isProxy = challenge.StatusCode == 407;
        if ((!isProxy && challenge.StatusCode != 401) || _answers == MaxAnswers)
            return false;
        var name = isProxy ? HeaderNames.ProxyAuthorization : HeaderNames.Authorization;
        if (Choose(request, challenge, isProxy) is not { } chosen || (!_answered.Add(name) && !chosen.IsStale))
            return false;

        _answers++;
        authorization = new(name, Answer(chosen, request).ToString());
        return true;
    }

    /// <summary>The topmost challenge that we can answer: servers put the one they like best first (RFC 8760 section 2.4).</summary>
    private DigestChallenge? Choose(SipRequest request, SipResponse response, bool isProxy)
    {
        foreach (var value in response.Headers.GetLines(isProxy ? HeaderNames.ProxyAuthenticate : HeaderNames.WwwAuthenticate).Take(MaxChallenges))
        {
            if (DigestChallenge.TryParse(value, out var challenge) && challenge.TryChooseQop(out _) && account.Serves(challenge.Realm, request.Method == SipMethods.Register))
                return challenge;
        }
        return null;
    }

    private DigestCredentials Answer(DigestChallenge challenge, SipRequest request)
    {
        challenge.TryChooseQop(out var qop);
        _nonceCount = challenge.Nonce == _nonce ? _nonceCount + 1 : 1;
        _nonce = challenge.Nonce;
        var needsClientNonce = qop is not null || challenge.Algorithm.IsSession;
        var clientNonce = needsClientNonce ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ClientNonceBytes)) : null;
        var secret = new DigestSecret(challenge.Algorithm, account.Username, challenge.Realm, account.Password);
        var credentials = DigestCredentials.Of(challenge, account.Username, request.RequestUri.ToString(), qop, clientNonce, _nonceCount);
        return credentials with { Response = secret.Prove(credentials, request.Method, request.Body.Span) };
    }
}
