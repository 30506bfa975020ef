namespace Telephony.Sip.Identity.Stir;

/// <summary>What a request's tokens are worth before anybody has looked at their signatures.</summary>
/// <param name="Result">The verdict so far: of a bad token, or <see cref="StirVerdict.NotVerified"/>.</param>
/// <param name="Tokens">Those whose signatures decide; empty when the verdict stands.</param>
/// <param name="Caller">Digits of the caller's number; null when it is none.</param>
internal sealed record StirJudgement(StirResult Result, IReadOnlyList<IdentityToken> Tokens, string? Caller)
{
    /// <summary>The verdict stands.</summary>
    public static StirJudgement Final(StirResult result) => new(result, [], null);

    /// <summary>Claims of the tokens, in their order.</summary>
    public IReadOnlyList<string?> Attestations { get; init; } = [];
}
