using System.Text.Json;

namespace Simulation.Live;

/// <summary>Server content that the simulated model never makes by itself: only scripts and tests send it.</summary>
internal static class ScriptedContent
{
    /// <summary>Where an answer was found.</summary>
    public readonly record struct Source(string Uri, string Title);

    /// <summary>What was searched for, and found.</summary>
    public sealed record Grounding(IReadOnlyList<string> Queries, IReadOnlyList<Source> Sources);

    /// <summary>A text part: a thought, or words beside the speech.</summary>
    public static void TextPart(Utf8JsonWriter json, (string Text, bool IsThought) part)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteStartObject("modelTurn");
        json.WriteStartArray("parts");
        json.WriteStartObject();
        json.WriteString("text", part.Text);
        if (part.IsThought)
            json.WriteBoolean("thought", value: true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Words of the model without their audio.</summary>
    public static void OutputTranscription(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteStartObject("outputTranscription");
        json.WriteString("text", text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Queries and sources beside an answer.</summary>
    public static void WriteGrounding(Utf8JsonWriter json, Grounding found)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteStartObject("groundingMetadata");
        json.WriteStartArray("webSearchQueries");
        foreach (var query in found.Queries)
            json.WriteStringValue(query);
        json.WriteEndArray();
        json.WriteStartArray("groundingChunks");
        foreach (var source in found.Sources)
            WriteSource(json, source);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A resumption update with any handle, true or not.</summary>
    public static void Handle(Utf8JsonWriter json, (string Handle, bool IsResumable) update)
    {
        json.WriteStartObject();
        json.WriteStartObject("sessionResumptionUpdate");
        if (update.Handle.Length > 0)
            json.WriteString("newHandle", update.Handle);
        if (update.IsResumable)
            json.WriteBoolean("resumable", value: true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A message that is mostly padding, in a field that no client knows.</summary>
    public static void Huge(Utf8JsonWriter json, int bytes)
    {
        json.WriteStartObject();
        json.WriteStartObject("serverContent");
        json.WriteEndObject();
        json.WriteString("padding", new string('x', bytes));
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, Source source)
    {
        json.WriteStartObject();
        json.WriteStartObject("web");
        json.WriteString("uri", source.Uri);
        json.WriteString("title", source.Title);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
