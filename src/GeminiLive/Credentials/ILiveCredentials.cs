namespace GeminiLive.Credentials;

/// <summary>Says who we are, once per connection attempt; replaced in tests.</summary>
internal interface ILiveCredentials
{
    /// <summary>A header that is good for one connection from now on. Expected failures are values.</summary>
    ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken);
}

/// <summary>A header to connect with, or why there is none.</summary>
/// <param name="Header">Name; null sends no credentials, which a simulated server may take.</param>
/// <param name="Value">A secret.</param>
/// <param name="Failure">What went wrong, with the remedy; null when nothing did.</param>
internal readonly record struct LiveCredential(string? Header, string? Value, LiveFailure? Failure = null)
{
    /// <summary>The headers of the upgrade request.</summary>
    public IReadOnlyDictionary<string, string> Headers => Header is null
        ? new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [Header] = Value! };

    /// <summary>Never shows the secret.</summary>
    public override string ToString() => Failure is null ? Header ?? "none" : Failure.Detail;
}
