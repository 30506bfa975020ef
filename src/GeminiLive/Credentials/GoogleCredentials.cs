using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace GeminiLive.Credentials;

/// <summary>Signs in to Google Cloud, with an access token that is fresh at every connection.</summary>
/// <remarks>Any thread. The library keeps a token until shortly before it expires, and fetches the next one then.</remarks>
/// <param name="signIn">Who we are.</param>
internal sealed class GoogleCredentials(GoogleSignIn signIn) : ILiveCredentials
{
    private const string Remedy =
        "run 'gcloud auth application-default login', set GOOGLE_APPLICATION_CREDENTIALS to a service account's JSON file, or name one in Live:CredentialsFile";

    /// <inheritdoc/>
    public async ValueTask<LiveCredential> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            var credential = await signIn.GetAsync(cancellationToken);
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
        catch (Exception unusable) when (GoogleSignIn.IsUnusable(unusable))
        {
            return Failed(LiveFailureKind.Refused, code: null, $"there are no usable Google Cloud credentials: {unusable.Message}; {Remedy}");
        }
    }

    private static LiveCredential Failed(LiveFailureKind kind, int? code, string detail) =>
        new(Header: null, Value: null, new LiveFailure(kind, code, detail));
}
