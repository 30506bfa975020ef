using System.Buffers;
using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Writes <c>tools</c>, of the setup and of a context update: the functions that the model may call and the tools that it runs itself.</summary>
internal static class SetupTools
{
    /// <summary>Writes nothing when there are none: an empty list was reported to cause trouble.</summary>
    public static void Write(Utf8JsonWriter json, LiveSessionSettings settings, IReadOnlyList<LiveFunction> functions, LiveModelProfile profile)
    {
        // A fallback's model may not have both; then the functions, which the call was planned with, go first.
        var searches = settings.GoogleSearch == true && (functions.Count == 0 || profile.SupportsSearchWithFunctions);
        if (functions.Count == 0 && !searches && settings.CodeExecution != true && settings.UrlContext != true)
            return;
        json.WriteStartArray("tools"u8);
        WriteFunctions(json, functions, profile);
        WriteNative(json, "googleSearch"u8, searches);
        WriteNative(json, "codeExecution"u8, settings.CodeExecution == true);
        WriteNative(json, "urlContext"u8, settings.UrlContext == true);
        json.WriteEndArray();
    }

    /// <summary>One function's declaration by itself.</summary>
    public static JsonElement Declaration(LiveFunction function, LiveModelProfile profile)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            WriteFunction(json, function, profile);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void WriteFunctions(Utf8JsonWriter json, IReadOnlyList<LiveFunction> functions, LiveModelProfile profile)
    {
        if (functions.Count == 0)
            return;
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (var function in functions)
            WriteFunction(json, function, profile);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter json, LiveFunction function, LiveModelProfile profile)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, function.Name);
        if (function.Description.Length > 0)
            json.WriteString("description"u8, function.Description);
        // Said explicitly, since the models' defaults differ.
        if (profile.DeclaresBehavior)
            json.WriteString("behavior"u8, IsAsync(function, profile) ? "NON_BLOCKING"u8 : "BLOCKING"u8);
        if (function.Parameters is { } parameters)
        {
            json.WritePropertyName("parameters"u8);
            parameters.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private static bool IsAsync(LiveFunction function, LiveModelProfile profile) =>
        profile.SupportsAsyncTools && (function.Behavior == LiveBehavior.NonBlocking || !profile.SupportsBlockingTools);

    private static void WriteNative(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool isWanted)
    {
        if (!isWanted)
            return;
        json.WriteStartObject();
        json.WriteStartObject(name);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
