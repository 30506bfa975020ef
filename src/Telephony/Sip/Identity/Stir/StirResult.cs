namespace Telephony.Sip.Identity.Stir;

/// <summary>What a call's signed identity is worth.</summary>
/// <param name="Verdict">The judgement.</param>
/// <param name="Attestation">What the token claims of the caller's right to the number: <c>A</c> full, <c>B</c> partial, <c>C</c> none; null when it claims nothing. Means something with <see cref="StirVerdict.Valid"/> only.</param>
/// <param name="Detail">Why, for people; empty when there is nothing to add.</param>
public sealed record StirResult(StirVerdict Verdict, string? Attestation = null, string Detail = "")
{
    /// <summary>Of a call without a token.</summary>
    public static StirResult NoToken { get; } = new(StirVerdict.NoToken);

    /// <summary>Whether the signature proves that the caller has a right to the number.</summary>
    public bool IsFullAttestation => this is { Verdict: StirVerdict.Valid, Attestation: "A" };

    /// <summary>Whether it is a reason not to believe the number, whoever else vouches for it: a token that is wrong, or one that says that the number was not checked.</summary>
    public bool SpeaksAgainstNumber => Verdict is not (StirVerdict.NoToken or StirVerdict.NotVerified or StirVerdict.Valid) || Attestation is "B" or "C";

    /// <summary>The verdict in two words at most, such as <c>Valid A</c>; an attestation is named only where it is proven.</summary>
    public override string ToString() => Verdict == StirVerdict.Valid && Attestation is not null ? $"{Verdict} {Attestation}" : $"{Verdict}";
}

/// <summary>Judgements of a signed identity; of several tokens the worst counts, which is the one that comes last here.</summary>
public enum StirVerdict
{
    /// <summary>There is none, or none of a kind that is known.</summary>
    NoToken,

    /// <summary>Signed by a trusted authority's certificate, of now, for these numbers.</summary>
    Valid,

    /// <summary>Time and numbers are right; the signature was not verified, by configuration or because the certificate could not be had.</summary>
    NotVerified,

    /// <summary>More than 60 s old (RFC 8224 section 6.2): perhaps replayed.</summary>
    Expired,

    /// <summary>Dated more than 60 s ahead.</summary>
    Future,

    /// <summary>Made for another caller or another callee.</summary>
    WrongNumber,

    /// <summary>No token that could be read, or one that contradicts itself.</summary>
    Invalid,

    /// <summary>Signed with a certificate that is not trusted, not valid at present, or not for this number.</summary>
    UntrustedCertificate,

    /// <summary>The signature is not one of the certificate's key.</summary>
    BadSignature,
}
