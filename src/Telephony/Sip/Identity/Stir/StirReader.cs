using Telephony.Sip.Messages;

namespace Telephony.Sip.Identity.Stir;

/// <summary>INVITE -> judgement of its Identity headers by all but their signatures (RFC 8224 section 6.2): form, time, numbers.</summary>
/// <remarks>Works where the request is owned; costs what the header lines' bounds allow.</remarks>
internal static class StirReader
{
    /// <summary>Tokens that are looked at; a request with more has none that counts.</summary>
    public const int MaxTokens = 4;

    /// <summary>Freshness of a token, to both sides (RFC 8224 section 6.2, step 4).</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(60);

    private const string Shaken = "shaken";

    /// <summary>Judges the tokens; of several that are understood the worst decides.</summary>
    /// <param name="invite">The request.</param>
    /// <param name="trustsIdentity">Whether the number that its trunk asserts is the caller's.</param>
    /// <param name="countryCode">Of numbers without one.</param>
    /// <param name="now">The time.</param>
    public static StirJudgement Judge(SipRequest invite, bool trustsIdentity, string countryCode, DateTimeOffset now)
    {
        var values = invite.Headers.GetValues(HeaderNames.Identity);
        if (values.Count == 0)
            return StirJudgement.Final(StirResult.NoToken);
        if (values.Count > MaxTokens)
            return StirJudgement.Final(new StirResult(StirVerdict.Invalid, Detail: $"{values.Count} tokens are too many"));
        var numbers = new CallNumbers(invite, trustsIdentity, countryCode);
        var tokens = new List<IdentityToken>();
        var attestations = new List<string?>();
        var worst = StirResult.NoToken;
        foreach (var value in values)
        {
            var (result, token) = Judge(value, invite, numbers, now);
            if (result.Verdict > worst.Verdict)
                worst = result;
            if (token is null)
                continue;
            tokens.Add(token);
            attestations.Add(result.Attestation);
        }
        return worst.Verdict == StirVerdict.NotVerified
            ? new StirJudgement(worst with { Attestation = Least(attestations) }, tokens, numbers.CallerDigits) { Attestations = attestations }
            : StirJudgement.Final(worst);
    }

    /// <summary>The weakest claim of several.</summary>
    public static string? Least(IEnumerable<string?> attestations) => attestations.Contains(null) ? null : attestations.Max(StringComparer.Ordinal);

    private static (StirResult Result, IdentityToken? Token) Judge(string value, SipRequest invite, CallNumbers numbers, DateTimeOffset now)
    {
        if (!IdentityToken.TryParse(value, out var token))
            return Bad("the header cannot be read");
        if (token.Kind is not null && !token.Kind.Equals(Shaken, StringComparison.OrdinalIgnoreCase))
            return (StirResult.NoToken, null);   // of a kind that says something else (RFC 8224 section 6.2, step 1)
        var whole = token.IsCompact ? CompactForm.Expand(token, invite, numbers.CountryCode) : token;
        if (whole is null)
            return Bad("the compact form needs a Date header, and no ppt");
        return Passport.TryParse(whole, out var passport) ? Judge(whole, passport, numbers, now) : Bad("the token cannot be read");
    }

    private static (StirResult Result, IdentityToken? Token) Judge(IdentityToken token, Passport passport, CallNumbers numbers, DateTimeOffset now)
    {
        if (passport.Algorithm != "ES256" || token.Algorithm != "ES256")
            return Bad("its algorithm is not ES256");
        if (!string.Equals(passport.Kind, token.Kind, StringComparison.OrdinalIgnoreCase))
            return Bad("token and header differ in ppt");
        if (passport.CertificateUri != token.Info || token.Info.Length == 0)
            return Bad("token and header differ in the certificate's address");
        if (passport.Kind is not null && passport.Attestation is not ("A" or "B" or "C"))
            return Bad("it has no attestation A, B or C");
        var claim = passport.Attestation;
        var age = now.ToUnixTimeMilliseconds() - ((decimal)passport.IssuedAt * 1_000);
        if (age > (decimal)Freshness.TotalMilliseconds)
            return (new StirResult(StirVerdict.Expired, claim, "it is more than 60 s old"), null);
        if (age < -(decimal)Freshness.TotalMilliseconds)
            return (new StirResult(StirVerdict.Future, claim, "it is dated more than 60 s ahead"), null);
        if (!numbers.IsCaller(passport.Origin))
            return (new StirResult(StirVerdict.WrongNumber, claim, "it was made for another caller"), null);
        if (!passport.Destinations.Any(numbers.IsCallee))
            return (new StirResult(StirVerdict.WrongNumber, claim, "it was made for a call to another number"), null);
        return (new StirResult(StirVerdict.NotVerified, claim, "its signature was not verified"), token);
    }

    private static (StirResult Result, IdentityToken? Token) Bad(string detail) => (new StirResult(StirVerdict.Invalid, Detail: detail), null);
}
