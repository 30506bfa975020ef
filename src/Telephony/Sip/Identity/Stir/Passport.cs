using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Telephony.Sip.Identity.Stir;

/// <summary>What a token says once its base64url and JSON are undone (PASSporT, RFC 8225): who calls whom, when, signed how.</summary>
internal sealed record Passport
{
    // A token lies in one header line; whoever needs more numbers than this is not one caller.
    private const int MaxDestinations = 16;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 6, AllowDuplicateProperties = false };

    /// <summary>Algorithm of the signature.</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>Kind of token; null for the plain one.</summary>
    public string? Kind { get; init; }

    /// <summary>Address of the certificate.</summary>
    public string CertificateUri { get; init; } = "";

    /// <summary>Whom it was made for: the caller's number, or URI.</summary>
    public required string Origin { get; init; }

    /// <summary>Whom they called: numbers or URIs.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }

    /// <summary>When it was made, in seconds since 1970.</summary>
    public required long IssuedAt { get; init; }

    /// <summary>The claim of SHAKEN: A, B or C; null when there is none.</summary>
    public string? Attestation { get; init; }

    /// <summary>Reads header and payload; never throws.</summary>
    public static bool TryParse(IdentityToken token, [NotNullWhen(true)] out Passport? passport)
    {
        passport = null;
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Header), Strict);
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Payload), Strict);
            return TryRead(header.RootElement, payload.RootElement, out passport);
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return false;   // the readers' only way to say so
        }
    }

    private static bool TryRead(JsonElement header, JsonElement payload, [NotNullWhen(true)] out Passport? passport)
    {
        passport = null;
        if (header.ValueKind != JsonValueKind.Object || payload.ValueKind != JsonValueKind.Object || Text(header, "alg") is not { } algorithm)
            return false;
        if (!payload.TryGetProperty("orig", out var orig) || Party(orig) is not [var origin] || !payload.TryGetProperty("dest", out var dest) || Party(dest) is not { Count: > 0 } destinations)
            return false;
        if (!payload.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var issuedAt))
            return false;
        passport = new Passport
        {
            Algorithm = algorithm,
            Kind = Text(header, "ppt"),
            CertificateUri = Text(header, "x5u") ?? "",
            Origin = origin,
            Destinations = destinations,
            IssuedAt = issuedAt,
            Attestation = Text(payload, "attest"),
        };
        return true;
    }

    // {"tn":"12155551212"}, {"tn":["12155551213"]}, {"uri":[...]}; "tn" goes first (RFC 8225 section 5.2.1).
    private static List<string>? Party(JsonElement party)
    {
        if (party.ValueKind != JsonValueKind.Object)
            return null;
        var names = new List<string>();
        foreach (var kind in (string[])["tn", "uri"])
        {
            if (party.TryGetProperty(kind, out var value) && !TryAdd(names, value))
                return null;
        }
        return names;
    }

    private static bool TryAdd(List<string> names, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return value.GetArrayLength() <= MaxDestinations && value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String && TryAdd(names, entry));
        if (value.ValueKind != JsonValueKind.String)
            return false;
        names.Add(value.GetString()!);
        return true;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
