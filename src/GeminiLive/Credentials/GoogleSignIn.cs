using System.Text.Json;
using Google.Apis.Auth.OAuth2;

namespace GeminiLive.Credentials;

/// <summary>Whom we tell Google Cloud that we are: application-default credentials, or those of a file, which are read again when it was replaced.</summary>
/// <remarks>Any thread. Files are read on the pool's threads, once for all who ask meanwhile; a replaced file that cannot be used leaves the former credentials as they are.</remarks>
/// <param name="file">JSON of a service account or user; null finds the application-default credentials, once.</param>
/// <param name="isDefault">Whether the file is the one that the application-default credentials are in: kinds that we do not read are the library's to read, once for the process.</param>
/// <param name="timeProvider">Clock by which the file is looked at again.</param>
/// <param name="logger">Is told of a file that can no longer be used.</param>
internal sealed class GoogleSignIn(string? file, bool isDefault, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Keys are rotated by a new file of the same name: so often it is looked for at most.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    // A file system that does not answer costs those who can sign in no more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Known? _known;
    private Task _look = Task.CompletedTask;
    private long _lookedAt;
    private bool _isTold;

    /// <summary>What to sign in with now.</summary>
    /// <param name="cancellationToken">Gives up the wait; the reading goes on for others.</param>
    /// <exception cref="Exception">There never were any credentials (<see cref="IsUnusable"/>), or Google's library found no way to get them.</exception>
    public async Task<GoogleCredential> GetAsync(CancellationToken cancellationToken)
    {
        var (look, since) = Look();
        if (_known is null)
        {
            await look.WaitAsync(cancellationToken);
        }
        else
        {
            var left = Patience - timeProvider.GetElapsedTime(since);
            await look.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, timeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return _known!.Credential;
    }

    /// <summary>Whether this is what a file that is gone, forbidden, or no credentials fails with.</summary>
    public static bool IsUnusable(Exception exception) =>
        exception is InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException or FormatException or JsonException;

    private (Task Look, long Since) Look()
    {
        lock (_gate)
        {
            var isDue = _known is null || (file is not null && timeProvider.GetElapsedTime(_lookedAt) >= LookInterval);
            // The thread that asks may be that of all calls: files, keys and the library's own start are not for it.
            if (isDue && _look.IsCompleted)
                (_look, _lookedAt) = (Task.Run(ReadAsync), timeProvider.GetTimestamp());
            return (_look, _lookedAt);
        }
    }

    private async Task ReadAsync()
    {
        var former = _known;
        try
        {
            // Before it is read: what is written meanwhile is another file.
            var writtenAt = file is null ? default : WrittenAt(file);
            if (former?.WrittenAt != writtenAt)
                _known = new Known(await LoadAsync(), writtenAt);
            _isTold = false;
        }
        catch (Exception unusable) when (former is not null && (IsUnusable(unusable) || unusable is HttpRequestException or OperationCanceledException))
        {
            if (!_isTold)
                logger.CredentialsKept(file, unusable.Message);
            _isTold = true;
        }
    }

    // Of what a link leads to: a mounted secret is replaced by changing the link.
    private static DateTime WrittenAt(string file) => (File.ResolveLinkTarget(file, returnFinalTarget: true) ?? new FileInfo(file)).LastWriteTimeUtc;

    private async Task<GoogleCredential> LoadAsync()
    {
        if (file is null)
            return await LoadDefaultAsync();
        var json = await File.ReadAllTextAsync(file);
        // The library wants the kind named: others (external accounts) call addresses that the file names, and are taken from the environment only.
        return TypeOf(json) switch
        {
            (JsonCredentialParameters.ServiceAccountCredentialType or JsonCredentialParameters.AuthorizedUserCredentialType
                or JsonCredentialParameters.ImpersonatedServiceAccountCredentialType) and var type => CredentialFactory.FromJson(json, type).CreateScoped(Scope),
            _ when isDefault => await LoadDefaultAsync(),
            var type => throw new FormatException($"the file's type is '{type}', not service_account, authorized_user or impersonated_service_account"),
        };
    }

    private static async Task<GoogleCredential> LoadDefaultAsync() => (await GoogleCredential.GetApplicationDefaultAsync()).CreateScoped(Scope);

    private static string? TypeOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("type", out var value) ? value.GetString() : null;
    }

    private sealed record Known(GoogleCredential Credential, DateTime WrittenAt);
}
