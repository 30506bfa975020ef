using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace GeminiLive.Credentials;

/// <summary>Signs in to Google Cloud: application-default credentials or a named file, with an access token that is fresh at every connection.</summary>
/// <remarks>Any thread. The library keeps a token until shortly before it expires, and fetches the next one then.</remarks>
/// <param name="file">JSON of a service account or user; null finds the application-default credentials.</param>
/// <param name="isDefault">Whether the file is the one that the application-default credentials are in: kinds that we do not read are the library's to read, once for the process.</param>
internal sealed class GoogleCredentials(string? file, bool isDefault = false) : ILiveCredentials
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";
    private const string Remedy =
        "run 'gcloud auth application-default login', set GOOGLE_APPLICATION_CREDENTIALS to a service account's JSON file, or name one in Live:CredentialsFile";

    private GoogleCredential? _credential;

    /// <inheritdoc/>
    public async ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The caller's thread may be that of all calls: files, keys and the library's own start are not for it.
            var credential = _credential ??= await Task.Run(() => LoadAsync(cancellationToken), cancellationToken);
            var token = await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(authUri: null, cancellationToken);
            return new LiveCredential("Authorization", "Bearer " + token);
        }
        catch (TokenResponseException refused)
        {
            var kind = (int?)refused.StatusCode is >= 500 or 429 ? LiveFailureKind.Unavailable : LiveFailureKind.Refused;
            return Failed(kind, (int?)refused.StatusCode, $"Google Cloud gave no access token: {refused.Error?.Error} {refused.Error?.ErrorDescription}; {Remedy}");
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            return Failed(LiveFailureKind.Unreachable, code: null, $"Google Cloud's token service was not reached: {gone.Message}");
        }
        catch (Exception unusable) when (unusable is InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException or FormatException or JsonException)
        {
            return Failed(LiveFailureKind.Refused, code: null, $"there are no usable Google Cloud credentials: {unusable.Message}; {Remedy}");
        }
    }

    private async Task<GoogleCredential> LoadAsync(CancellationToken cancellationToken)
    {
        if (file is null)
            return await LoadDefaultAsync(cancellationToken);
        var json = await File.ReadAllTextAsync(file, cancellationToken);
        // The library wants the kind named: others (external accounts) call addresses that the file names, and are taken from the environment only.
        return TypeOf(json) switch
        {
            (JsonCredentialParameters.ServiceAccountCredentialType or JsonCredentialParameters.AuthorizedUserCredentialType
                or JsonCredentialParameters.ImpersonatedServiceAccountCredentialType) and var type => CredentialFactory.FromJson(json, type).CreateScoped(Scope),
            _ when isDefault => await LoadDefaultAsync(cancellationToken),
            var type => throw new FormatException($"the file's type is '{type}', not service_account, authorized_user or impersonated_service_account"),
        };
    }

    private static async Task<GoogleCredential> LoadDefaultAsync(CancellationToken cancellationToken) =>
        (await GoogleCredential.GetApplicationDefaultAsync(cancellationToken)).CreateScoped(Scope);

    private static string? TypeOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("type", out var value) ? value.GetString() : null;
    }

    private static LiveCredential Failed(LiveFailureKind kind, int? code, string detail) =>
        new(Header: null, Value: null, new LiveFailure(kind, code, detail));
}
