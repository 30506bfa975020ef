using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Simulation.Live.Connections;
using Simulation.Live.Schema;

namespace Simulation.Live.Tokens;

/// <summary>Mints ephemeral tokens from requests as <c>POST /v1alpha/auth_tokens</c> takes them, and finds them again.</summary>
/// <remarks>Safe to use from any thread. A server mints few; none is forgotten.</remarks>
internal sealed class TokenStore(TimeProvider timeProvider)
{
    public const string Path = "/v1alpha/auth_tokens";
    public const string NamePrefix = "auth_tokens/";

    private static readonly TimeSpan MaxAhead = TimeSpan.FromHours(20);
    private static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan DefaultNewSessionLife = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions StrictJson = new() { AllowDuplicateProperties = false };

    private readonly ConcurrentDictionary<string, EphemeralToken> _tokens = new(StringComparer.Ordinal);

    public EphemeralToken? Find(string name) => _tokens.GetValueOrDefault(name);

    /// <summary>Mints a token.</summary>
    /// <param name="json">Body of the request; empty takes every default.</param>
    /// <param name="name">The token.</param>
    /// <returns>The HTTP 400 that says what is wrong; null when the token was minted.</returns>
    public HttpRefusal? Create(string json, out string name)
    {
        name = "";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json.Length == 0 ? "{}" : json, StrictJson);
        }
        catch (JsonException exception)
        {
            return HttpRefusal.Invalid($"Invalid JSON payload received. {exception.Message}");
        }
        using (document)
        {
            if (SchemaValidator.Check(document.RootElement, LiveSchema.AuthToken, path: "auth_token") is { } fault)
                return HttpRefusal.Invalid(fault);
            if (Read(document.RootElement, out var token) is { } invalid)
                return HttpRefusal.Invalid(invalid);
            name = $"{NamePrefix}{Guid.NewGuid():N}";
            _tokens[name] = token!;
            return null;
        }
    }

    private string? Read(JsonElement request, out EphemeralToken? token)
    {
        token = null;
        var uses = (int)(request.GetNumber("uses") ?? 1);
        if (uses < 0)
            return "uses must not be negative.";
        if (ReadTime(request, "expireTime", DefaultLife, out var expireTime) is { } expireFault)
            return expireFault;
        if (ReadTime(request, "newSessionExpireTime", DefaultNewSessionLife, out var newSessionExpireTime) is { } newSessionFault)
            return newSessionFault;
        var setup = request.Has("bidiGenerateContentSetup") ? JsonObject.Create(request.Get("bidiGenerateContentSetup").Clone()) : null;
        if (FieldMask.Read(request.GetText("fieldMask"), setup, out var paths) is { } maskFault)
            return maskFault;
        token = new EphemeralToken(timeProvider, uses, expireTime, newSessionExpireTime) { Setup = setup, LockedPaths = paths };
        return null;
    }

    private string? ReadTime(JsonElement request, string key, TimeSpan ahead, out DateTimeOffset time)
    {
        var now = timeProvider.GetUtcNow();
        time = now + ahead;
        if (!request.Has(key))
            return null;
        var name = JsonNames.ToSnakeCase(key);
        if (!DateTimeOffset.TryParse(request.GetText(key), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
            return $"Invalid value at 'auth_token.{name}' (type.googleapis.com/google.protobuf.Timestamp), \"{request.GetText(key)}\"";
        if (time <= now)
            return $"{name} must be in the future.";
        return time - now >= MaxAhead ? $"{name} must be less than 20 hours in the future." : null;
    }
}
