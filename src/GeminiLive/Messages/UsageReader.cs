using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Reads <c>usageMetadata</c> with the names of both services: <c>response...</c> and <c>candidates...</c>.</summary>
internal static class UsageReader
{
    /// <summary>Reads the value; null when it is no object.</summary>
    public static UsageReported? Read(ref Utf8JsonReader reader)
    {
        if (!reader.TryEnterObject())
            return null;
        var counts = default(Counts);
        var details = default(Details);
        string? trafficType = null;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("trafficType"u8))
                trafficType = reader.ReadText();
            else if (!counts.TryRead(ref reader) && !details.TryRead(ref reader))
                reader.SkipValue();
        }
        return new UsageReported(counts.Prompt, counts.Response, counts.Thoughts, counts.Total)
        {
            ToolUseTokens = counts.ToolUse,
            CachedTokens = counts.Cached,
            Prompt = details.Prompt,
            Response = details.Response,
            ToolUse = details.ToolUse,
            Cached = details.Cached,
            TrafficType = trafficType,
        };
    }

    /// <summary>The plain counters.</summary>
    private struct Counts
    {
        public int Prompt;
        public int Response;
        public int Thoughts;
        public int ToolUse;
        public int Cached;
        public int Total;

        public bool TryRead(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("promptTokenCount"u8))
                Prompt = reader.ReadNumber();
            else if (reader.ValueTextEquals("responseTokenCount"u8) || reader.ValueTextEquals("candidatesTokenCount"u8))
                Response = reader.ReadNumber();
            else if (reader.ValueTextEquals("thoughtsTokenCount"u8))
                Thoughts = reader.ReadNumber();
            else if (reader.ValueTextEquals("toolUsePromptTokenCount"u8))
                ToolUse = reader.ReadNumber();
            else if (reader.ValueTextEquals("cachedContentTokenCount"u8))
                Cached = reader.ReadNumber();
            else if (reader.ValueTextEquals("totalTokenCount"u8))
                Total = reader.ReadNumber();
            else
                return false;
            return true;
        }
    }

    /// <summary>The counters per modality.</summary>
    private struct Details
    {
        public TokensByModality Prompt;
        public TokensByModality Response;
        public TokensByModality ToolUse;
        public TokensByModality Cached;

        public bool TryRead(ref Utf8JsonReader reader)
        {
            if (reader.ValueTextEquals("promptTokensDetails"u8))
                Prompt = ReadModalities(ref reader);
            else if (reader.ValueTextEquals("responseTokensDetails"u8) || reader.ValueTextEquals("candidatesTokensDetails"u8))
                Response = ReadModalities(ref reader);
            else if (reader.ValueTextEquals("toolUsePromptTokensDetails"u8))
                ToolUse = ReadModalities(ref reader);
            else if (reader.ValueTextEquals("cacheTokensDetails"u8))
                Cached = ReadModalities(ref reader);
            else
                return false;
            return true;
        }

        private static TokensByModality ReadModalities(ref Utf8JsonReader reader)
        {
            var sum = default(TokensByModality);
            if (!reader.TryEnterArray())
                return sum;
            while (reader.MoveToObject())
                sum += ReadModality(ref reader);
            return sum;
        }

        private static TokensByModality ReadModality(ref Utf8JsonReader reader)
        {
            string? modality = null;
            var tokens = 0;
            while (reader.MoveToProperty())
            {
                if (reader.ValueTextEquals("modality"u8))
                    modality = reader.ReadText();
                else if (reader.ValueTextEquals("tokenCount"u8))
                    tokens = reader.ReadNumber();
                else
                    reader.SkipValue();
            }
            return modality switch
            {
                "AUDIO" => new TokensByModality(Audio: tokens),
                "IMAGE" => new TokensByModality(Image: tokens),
                "VIDEO" => new TokensByModality(Video: tokens),
                _ => new TokensByModality(Text: tokens),   // TEXT, DOCUMENT and what may come
            };
        }
    }
}
