namespace GeminiLive.Credentials;

/// <summary>A secret that stays the same: an API key or an ephemeral token.</summary>
internal sealed class FixedCredentials : ILiveCredentials
{
    private readonly LiveCredential _credential;

    private FixedCredentials(LiveCredential credential) => _credential = credential;

    /// <summary>No credentials at all.</summary>
    public static FixedCredentials None { get; } = new(default);

    /// <summary>A key; in a header it does not get into logs of addresses.</summary>
    public static FixedCredentials ApiKey(string key) => new(new LiveCredential("x-goog-api-key", key));

    /// <summary>An ephemeral token, by its whole name <c>auth_tokens/...</c>.</summary>
    public static FixedCredentials EphemeralToken(string name) => new(new LiveCredential("Authorization", "Token " + name));

    /// <inheritdoc/>
    public ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_credential);
}
