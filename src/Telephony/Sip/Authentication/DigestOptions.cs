namespace Telephony.Sip.Authentication;

/// <summary>How users prove to us who they are (RFC 7616, RFC 8760).</summary>
public sealed class DigestOptions
{
    /// <summary>What phones show when they ask for the password, and part of what they hash. Default <c>voiceagent</c>.</summary>
    public string Realm { get; init; } = "voiceagent";

    /// <summary>Algorithms offered, each in a challenge of its own, the strongest first whatever their order here: <c>SHA-512-256</c>, <c>SHA-256</c>, <c>MD5</c>.
    /// Empty for SHA-256 and MD5.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>How long a nonce serves; a phone with an older one gets a new one and no failure. 10 s to 1 day.</summary>
    public TimeSpan NonceLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Nonces in use at once; beyond it the oldest is given up, and whoever has it gets a new one. 100 to 1,000,000.</summary>
    public int MaxNonces { get; init; } = 10_000;

    /// <summary>Whether proofs must count and cover a nonce of the client (<c>qop=auth</c>). False lets phones of RFC 2069 in, each nonce once.</summary>
    public bool RequireQop { get; init; } = true;

    /// <summary>The algorithms offered, strongest first; unknown names are left to the validator.</summary>
    internal IReadOnlyList<DigestAlgorithm> OfferedAlgorithms =>
        [.. DigestAlgorithm.All.Where(known => Algorithms.Count > 0 ? Algorithms.Contains(known.Name, StringComparer.OrdinalIgnoreCase) : known != DigestAlgorithm.Sha512T256)];
}
