using System.Collections.Concurrent;
using GeminiLive.Configuration;

namespace GeminiLive.Credentials;

/// <summary>Configured place -> who we are there; one sign-in to Google Cloud per credentials file is shared by all sessions.</summary>
/// <remarks>One per process; any thread.</remarks>
/// <param name="signIn">Signs in to Google Cloud with a credentials file, or without one as the machine is set up; replaced in tests.</param>
internal sealed class CredentialStore(Func<string?, ILiveCredentials>? signIn = null)
{
    private readonly Func<string?, ILiveCredentials> _signIn = signIn ?? (file => new GoogleCredentials(file));
    private readonly ConcurrentDictionary<string, ILiveCredentials> _google = new(StringComparer.Ordinal);

    /// <summary>Ephemeral token, key, or on Vertex without a key the sign-in to Google Cloud.</summary>
    public ILiveCredentials For(LiveTargetOptions place)
    {
        if (TargetResolver.BackendOf(place) == LiveBackend.DeveloperApi && TargetResolver.Text(place.EphemeralToken) is { } token)
            return FixedCredentials.EphemeralToken(token);
        if (TargetResolver.Text(place.ApiKey) is { } key)
            return FixedCredentials.ApiKey(key);
        return TargetResolver.BackendOf(place) == LiveBackend.DeveloperApi ? FixedCredentials.None
            : _google.GetOrAdd(TargetResolver.Text(place.CredentialsFile) ?? "", file => _signIn(file.Length == 0 ? null : file));
    }
}
