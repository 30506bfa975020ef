using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Reads <c>groundingMetadata</c>: what was searched for, and the pages that the answer rests on.</summary>
/// <remarks>Bounded: 20 queries, 50 sources, and 2,000 characters a text; what exceeds that is left out.</remarks>
internal static class GroundingReader
{
    private const int MaxQueries = 20;
    private const int MaxSources = 50;
    private const int MaxCharacters = 2_000;

    /// <summary>Reads the value into the message's lists.</summary>
    public static void Read(ref Utf8JsonReader reader, ServerMessage message)
    {
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("webSearchQueries"u8))
                ReadQueries(ref reader, message.SearchQueries);
            else if (reader.ValueTextEquals("groundingChunks"u8))
                ReadChunks(ref reader, message.Sources);
            else
                reader.SkipValue();
        }
    }

    private static void ReadQueries(ref Utf8JsonReader reader, List<string> queries)
    {
        if (!reader.TryEnterArray())
            return;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 and <= MaxCharacters } query && queries.Count < MaxQueries)
                queries.Add(query);
            reader.Skip();
        }
    }

    private static void ReadChunks(ref Utf8JsonReader reader, List<LiveSource> sources)
    {
        if (!reader.TryEnterArray())
            return;
        while (reader.MoveToObject())
        {
            while (reader.MoveToProperty())
            {
                if (!reader.ValueTextEquals("web"u8))
                    reader.SkipValue();
                else if (ReadPage(ref reader) is { } source && sources.Count < MaxSources)
                    sources.Add(source);
            }
        }
    }

    private static LiveSource? ReadPage(ref Utf8JsonReader reader)
    {
        string? uri = null, title = null;
        if (!reader.TryEnterObject())
            return null;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("uri"u8))
                uri = reader.ReadText();
            else if (reader.ValueTextEquals("title"u8))
                title = reader.ReadText();
            else
                reader.SkipValue();
        }
        return uri is { Length: > 0 and <= MaxCharacters } ? new LiveSource(uri, title is { Length: <= MaxCharacters } ? title : "") : null;
    }
}
