using System.Text.Json;
using GeminiLive.Schemas;

namespace GeminiLive;

/// <summary>JSON Schema -> the part of it that function declarations of the Live API take: upper-case types, no references, no combinations but <c>anyOf</c>.</summary>
public static class LiveSchema
{
    // Declarations are part of every turn's prompt; the service's own limit is not published.
    private const int MaxCharacters = 32_000;

    /// <summary>Translates the schema of a function's arguments.</summary>
    /// <param name="jsonSchema">Schema of an object, any draft.</param>
    /// <param name="parameters">What <see cref="LiveFunction.Parameters"/> takes; null when there are no arguments.</param>
    /// <param name="fault">What cannot be translated, and where; empty when all could be.</param>
    /// <returns>False when the service would not understand the arguments.</returns>
    public static bool TryTranslate(JsonElement jsonSchema, out JsonElement? parameters, out string fault)
    {
        parameters = null;
        fault = "";
        var translation = new SchemaTranslation(jsonSchema);
        if (translation.Translate() is not { } schema)
        {
            fault = translation.Fault;
            return false;
        }
        if ((string?)schema["type"] != "OBJECT")
            fault = "#: the arguments are no object";
        else if (schema.ToJsonString().Length > MaxCharacters)
            fault = $"#: the schema is longer than {MaxCharacters} characters";
        else if (schema["properties"] is not null)
            parameters = JsonSerializer.SerializeToElement(schema, LiveJson.Default.JsonObject);
        return fault.Length == 0;
    }
}
