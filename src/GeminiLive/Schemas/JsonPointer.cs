using System.Globalization;
using System.Text.Json;

namespace GeminiLive.Schemas;

/// <summary>References within one document (RFC 6901), as <c>$ref</c> writes them: <c>#/$defs/name</c>.</summary>
internal static class JsonPointer
{
    /// <summary>Follows a pointer from the root.</summary>
    public static bool TryFind(JsonElement root, string pointer, out JsonElement found)
    {
        found = root;
        if (pointer == "#")
            return true;
        if (!pointer.StartsWith("#/", StringComparison.Ordinal))
            return false;
        foreach (var part in pointer[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (!TryStep(found, name, out found))
                return false;
        }
        return true;
    }

    private static bool TryStep(JsonElement from, string name, out JsonElement found)
    {
        found = default;
        if (from.ValueKind == JsonValueKind.Object)
            return from.TryGetProperty(name, out found);
        if (from.ValueKind != JsonValueKind.Array || !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= from.GetArrayLength())
            return false;
        found = from[index];
        return true;
    }
}
