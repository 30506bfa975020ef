namespace Telephony.Rtp.Srtp;

/// <summary>Encryption of media (SRTP) with keys that travel in SDP (SDES, RFC 4568).</summary>
public sealed class SrtpOptions
{
    /// <summary>Whether media is encrypted; a trunk may say otherwise for its calls.</summary>
    public SrtpPolicy Policy { get; init; } = SrtpPolicy.Optional;

    /// <summary>Suites that may be used, in our order of preference, which decides; null or empty for all that the system has, strongest first.</summary>
    public IReadOnlyList<string>? Suites { get; init; }

    /// <summary>True to give and take keys in calls whose signalling is not encrypted, so that whoever can read it can decrypt the media: for laboratories.</summary>
    public bool AllowKeysInClear { get; init; }

    /// <summary>The suites by name, as far as the system has them; what cannot be read is left to the validator.</summary>
    internal IReadOnlyList<SrtpSuite> SelectSuites() =>
        [.. (Suites is { Count: > 0 } names ? names.Select(name => SrtpSuite.TryGet(name, out var suite) ? suite : null).OfType<SrtpSuite>().Distinct() : SrtpSuite.All)
            .Where(suite => suite.IsAvailable)];
}
