using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeminiLive.Messages;

namespace GeminiLive.Credentials;

/// <summary>What an ephemeral token shall be good for: sent to <c>POST /v1alpha/auth_tokens</c> by <see cref="TokenMint"/>.</summary>
public sealed record TokenRequest
{
    // The service names these without the group that they stand in, and so does its SDK.
    private static readonly string[] GenerationFields = ["temperature", "topK", "topP", "maxOutputTokens", "responseModalities", "seed", "speechConfig"];

    /// <summary>New sessions that it may start; 0 sets no limit. Resuming does not count.</summary>
    public int Uses { get; init; } = 1;

    /// <summary>How long messages may be sent with it, less than 20 h; null takes the service's 30 minutes.</summary>
    public TimeSpan? ExpiresIn { get; init; }

    /// <summary>How long sessions may be started with it, less than 20 h; null takes the service's 60 seconds.</summary>
    public TimeSpan? NewSessionExpiresIn { get; init; }

    /// <summary>Session whose setup it carries; null fixes nothing.</summary>
    public LiveSessionConfig? Locked { get; init; }

    /// <summary>Which fields of that setup are fixed, as camelCase paths; empty fixes all of it, and what the client sends instead is ignored.</summary>
    public IReadOnlyList<string> LockedFields { get; init; } = [];

    /// <summary>The request's body.</summary>
    internal string ToJson(DateTimeOffset now)
    {
        var body = new JsonObject { ["uses"] = Uses };
        if (ExpiresIn is { } life)
            body["expireTime"] = Text(now + life);
        if (NewSessionExpiresIn is { } start)
            body["newSessionExpireTime"] = Text(now + start);
        if (Locked is not null)
            AddSetup(body, Setup(Locked), [.. LockedFields.Select(WholePath)]);
        return body.ToJsonString();
    }

    private static void AddSetup(JsonObject body, JsonObject setup, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            body["bidiGenerateContentSetup"] = setup;
            return;
        }
        // A setup that holds more than the mask names is refused.
        var locked = new JsonObject();
        foreach (var path in paths)
            Copy(setup, locked, path.Split('.'));
        body["bidiGenerateContentSetup"] = locked;
        body["fieldMask"] = string.Join(',', paths);
    }

    private static void Copy(JsonObject from, JsonObject to, ReadOnlySpan<string> path)
    {
        if (from[path[0]] is not { } value)
            return;
        if (path.Length == 1 || value is not JsonObject inner)
        {
            to[path[0]] = value.DeepClone();
            return;
        }
        if (to[path[0]] is not JsonObject next)
            to[path[0]] = next = [];
        Copy(inner, next, path[1..]);
    }

    private static JsonObject Setup(LiveSessionConfig config)
    {
        using var message = JsonDocument.Parse(SetupMessage.Write(config, config.Targets[0], handle: null));
        return JsonNode.Parse(message.RootElement.GetProperty("setup").GetRawText())!.AsObject();
    }

    private static string WholePath(string field) => GenerationFields.Contains(field, StringComparer.Ordinal) ? "generationConfig." + field : field;

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
