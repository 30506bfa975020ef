using System.Text.Json.Nodes;
using Simulation.Live.Schema;

namespace Simulation.Live.Tokens;

/// <summary>The paths of a setup that a token fixes: comma-separated, camelCase, known to the schema, and covering all that the token's setup holds.</summary>
internal static class FieldMask
{
    /// <summary>Reads a mask.</summary>
    /// <param name="text">The mask; empty is none.</param>
    /// <param name="setup">Setup of the token.</param>
    /// <param name="paths">The paths; null without a mask.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static string? Read(string text, JsonObject? setup, out IReadOnlyList<string>? paths)
    {
        paths = null;
        if (text.Length == 0)
            return null;
        var read = text.Split(',', StringSplitOptions.TrimEntries).Select(WithoutIndexes).Distinct(StringComparer.Ordinal).ToList();
        if (read.Find(path => !IsKnown(path)) is { } unknown)
            return $"Invalid value at 'auth_token.field_mask' (google.protobuf.FieldMask), \"{unknown}\" is no field of the setup.";
        paths = read;
        return setup is null ? null : FindUncovered(setup, "", read);
    }

    // The JavaScript SDK names the elements of arrays, "tools.0"; an array is locked as a whole.
    private static string WithoutIndexes(string path) => string.Join('.', path.Split('.').Where(name => !int.TryParse(name, out _)));

    private static bool IsKnown(string path)
    {
        var schema = LiveSchema.Setup;
        foreach (var name in path.Split('.'))
        {
            if (schema is null || !schema.TryGet(name, out var field))
                return false;
            schema = field!.Message;
        }
        return true;
    }

    private static string? FindUncovered(JsonObject node, string prefix, List<string> paths)
    {
        foreach (var (key, value) in node)
        {
            var path = prefix + JsonNames.ToCamelCase(key);
            if (paths.Contains(path))
                continue;
            var fault = value is JsonObject { Count: > 0 } inner ? FindUncovered(inner, $"{path}.", paths) : $"field_mask does not name {path}, which the setup holds.";
            if (fault is not null)
                return fault;
        }
        return null;
    }
}
