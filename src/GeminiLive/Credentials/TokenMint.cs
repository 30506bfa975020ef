using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GeminiLive.Credentials;

/// <summary>Asks the Developer API for an ephemeral token: a short-lived credential for a client that shall not see the key.</summary>
/// <param name="http">Sends the request; the caller's to dispose.</param>
/// <param name="timeProvider">Clock that expiries are counted from.</param>
public sealed class TokenMint(HttpClient http, TimeProvider timeProvider)
{
    private const string Path = "/v1alpha/auth_tokens";

    /// <summary>Mints one. Expected failures are values.</summary>
    /// <param name="target">Whose service and key.</param>
    /// <param name="request">What it shall be good for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<MintedToken> MintAsync(LiveTarget target, TokenRequest request, CancellationToken cancellationToken)
    {
        if (target.Backend != LiveBackend.DeveloperApi)
            return new MintedToken(Name: null, "Vertex has no ephemeral tokens; set Live:Backend to DeveloperApi.");
        var credential = await target.Credentials.GetAsync(cancellationToken);
        if (credential.Header is null || credential.Header == "Authorization")
            return new MintedToken(Name: null, "Only an API key can mint a token; set GEMINI_API_KEY or Live:ApiKey, and leave Live:EphemeralToken empty.");
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, Address(target.Endpoint));
            message.Headers.Add(credential.Header, credential.Value);
            message.Content = new StringContent(request.ToJson(timeProvider.GetUtcNow()), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var answer = await http.SendAsync(message, cancellationToken);
            return Read((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or IOException)
        {
            return new MintedToken(Name: null, $"{Address(target.Endpoint)} was not reached: {gone.Message}");
        }
    }

    private static Uri Address(Uri endpoint) => new UriBuilder(endpoint) { Scheme = endpoint.Scheme == "wss" ? "https" : "http", Path = Path }.Uri;

    private static MintedToken Read(int status, string body)
    {
        var (name, error) = Parse(body);
        if (status is >= 200 and < 300)
            return name is not null ? new MintedToken(name, Error: null) : new MintedToken(Name: null, "The service answered without a token.");
        var meaning = status switch
        {
            400 when error.Contains("API key", StringComparison.OrdinalIgnoreCase) => "The API key is not valid; check GEMINI_API_KEY or Live:ApiKey.",
            400 => "The service does not take this request; check times, fields and the agent's settings.",
            401 or 403 => "The API key may not do this; check GEMINI_API_KEY or Live:ApiKey and its project.",
            404 => "This service mints no tokens; check Live:Endpoint.",
            429 => "The quota is spent; try again later.",
            _ => "The service cannot serve now; try again later.",
        };
        return new MintedToken(Name: null, $"{meaning} (HTTP {status}: {error})");
    }

    private static (string? Name, string Error) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return (null, "");
            var name = json.RootElement.TryGetProperty("name", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var error = json.RootElement.TryGetProperty("error", out var fault) && fault.ValueKind == JsonValueKind.Object
                && fault.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString()! : "";
            return (name, error);
        }
        catch (JsonException)
        {
            return (null, "an answer that is no JSON");
        }
    }
}

/// <summary>What came of it.</summary>
/// <param name="Name">The token, <c>auth_tokens/...</c>; null after a failure.</param>
/// <param name="Error">What went wrong, with the remedy; null after success.</param>
public sealed record MintedToken(string? Name, string? Error);
