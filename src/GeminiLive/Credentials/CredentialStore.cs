using System.Collections.Concurrent;
using GeminiLive.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace GeminiLive.Credentials;

/// <summary>Configured place -> who we are there; one sign-in to Google Cloud per credentials file is shared by all sessions.</summary>
/// <remarks>One per process; any thread.</remarks>
/// <param name="signIn">Signs in to Google Cloud with a credentials file, or without one as the machine is set up; replaced in tests.</param>
/// <param name="defaultFile">Where the application-default credentials are (<c>GOOGLE_APPLICATION_CREDENTIALS</c>); null leaves it to Google's library, which reads them once.</param>
/// <param name="timeProvider">Clock by which files are looked at again; null takes the system's.</param>
/// <param name="logger">Is told of a file that can no longer be used; null tells nobody.</param>
internal sealed class CredentialStore(Func<string?, ILiveCredentials>? signIn = null, string? defaultFile = null, TimeProvider? timeProvider = null, ILogger? logger = null)
{
    private readonly Func<string?, ILiveCredentials> _signIn =
        signIn ?? (file => new GoogleCredentials(new GoogleSignIn(file, isDefault: file == defaultFile, timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance)));

    private readonly ConcurrentDictionary<string, ILiveCredentials> _google = new(StringComparer.Ordinal);

    /// <summary>Ephemeral token, key, or on Vertex without a key the sign-in to Google Cloud.</summary>
    public ILiveCredentials For(LiveTargetOptions place)
    {
        if (TargetResolver.BackendOf(place) == LiveBackend.DeveloperApi && TargetResolver.Text(place.EphemeralToken) is { } token)
            return FixedCredentials.EphemeralToken(token);
        if (TargetResolver.Text(place.ApiKey) is { } key)
            return FixedCredentials.ApiKey(key);
        return TargetResolver.BackendOf(place) == LiveBackend.DeveloperApi ? FixedCredentials.None
            : SignIn(TargetResolver.Text(place.CredentialsFile) ?? defaultFile);
    }

    private ILiveCredentials SignIn(string? file) => _google.GetOrAdd(file ?? "", _ => _signIn(file));
}
