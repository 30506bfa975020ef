using System.Collections.Concurrent;
using GeminiLive.Configuration;

namespace GeminiLive.Credentials;

/// <summary>Configured place -> who we are there; one sign-in to Google Cloud per credentials file is shared by all sessions, until the file is replaced.</summary>
/// <remarks>One per process; any thread.</remarks>
/// <param name="signIn">Signs in to Google Cloud with a credentials file, or without one as the machine is set up; replaced in tests.</param>
/// <param name="defaultFile">Where the application-default credentials are (<c>GOOGLE_APPLICATION_CREDENTIALS</c>); null leaves it to Google's library, which reads them once.</param>
internal sealed class CredentialStore(Func<string?, ILiveCredentials>? signIn = null, string? defaultFile = null)
{
    private readonly Func<string?, ILiveCredentials> _signIn = signIn ?? (file => new GoogleCredentials(file, isDefault: file == defaultFile));
    private readonly ConcurrentDictionary<string, (DateTime WrittenAt, ILiveCredentials Credentials)> _google = new(StringComparer.Ordinal);

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

    // Keys are rotated by a new file of the same name.
    private ILiveCredentials SignIn(string? file)
    {
        var writtenAt = file is null ? default : WrittenAt(file);
        return _google.AddOrUpdate(file ?? "", _ => (writtenAt, _signIn(file)), (_, known) => known.WrittenAt == writtenAt ? known : (writtenAt, _signIn(file))).Credentials;
    }

    // Of what a link leads to: a mounted secret is replaced by changing the link.
    private static DateTime WrittenAt(string file)
    {
        try
        {
            return (File.ResolveLinkTarget(file, returnFinalTarget: true) ?? new FileInfo(file)).LastWriteTimeUtc;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
