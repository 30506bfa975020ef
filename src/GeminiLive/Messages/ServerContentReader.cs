using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Reads <c>serverContent</c>: turn marks, transcripts, written text and the places of the audio; thoughts and other parts are passed over.</summary>
internal static class ServerContentReader
{
    private const int DefaultRateHz = 24_000;
    private const int MaxMimeTypeBytes = 128;

    /// <summary>Reads the value of the key <c>serverContent</c>.</summary>
    public static void Read(ref Utf8JsonReader reader, ServerMessage message)
    {
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
            ReadKey(ref reader, message);
    }

    /// <summary>Reads <c>interactionStatus</c>, which was seen here and at the root of a message.</summary>
    public static void ReadInteractionStatus(ref Utf8JsonReader reader, ServerMessage message) =>
        message.InteractionStatus = reader.ReadText();

    private static void ReadKey(ref Utf8JsonReader reader, ServerMessage message)
    {
        if (reader.ValueTextEquals("modelTurn"u8))
            ReadModelTurn(ref reader, message);
        else if (reader.ValueTextEquals("outputTranscription"u8))
            (message.OutputTranscript, message.OutputLanguage) = ReadTranscription(ref reader);
        else if (reader.ValueTextEquals("inputTranscription"u8))
            (message.InputTranscript, message.InputLanguage) = ReadTranscription(ref reader);
        else if (reader.ValueTextEquals("interrupted"u8))
            message.IsInterrupted = reader.ReadFlag();
        else if (reader.ValueTextEquals("generationComplete"u8))
            message.IsGenerationComplete = reader.ReadFlag();
        else if (reader.ValueTextEquals("turnComplete"u8))
            message.IsTurnComplete = reader.ReadFlag();
        else if (reader.ValueTextEquals("turnCompleteReason"u8))
            message.TurnCompleteReason = reader.ReadText();
        else if (reader.ValueTextEquals("waitingForInput"u8))
            message.IsWaitingForInput = reader.ReadFlag();
        else if (reader.ValueTextEquals("interactionStatus"u8))
            ReadInteractionStatus(ref reader, message);
        else if (reader.ValueTextEquals("groundingMetadata"u8))
            GroundingReader.Read(ref reader, message);
        else
            reader.SkipValue();
    }

    private static (string Text, string? Language) ReadTranscription(ref Utf8JsonReader reader)
    {
        var text = "";
        string? language = null;
        if (!reader.TryEnterObject())
            return (text, language);
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("text"u8))
                text = reader.ReadText() ?? "";
            else if (reader.ValueTextEquals("languageCode"u8))
                language = reader.ReadText();
            else
                reader.SkipValue();
        }
        return (text, language);
    }

    private static void ReadModelTurn(ref Utf8JsonReader reader, ServerMessage message)
    {
        message.HasModelTurn = true;
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (!reader.ValueTextEquals("parts"u8))
                reader.SkipValue();
            else if (reader.TryEnterArray())
                ReadParts(ref reader, message);
        }
    }

    private static void ReadParts(ref Utf8JsonReader reader, ServerMessage message)
    {
        while (reader.MoveToObject())
        {
            AudioPart? audio = null;
            string? text = null;
            var isThought = false;
            while (reader.MoveToProperty())
            {
                if (reader.ValueTextEquals("inlineData"u8))
                    audio = ReadInlineData(ref reader);
                else if (reader.ValueTextEquals("thought"u8))
                    isThought = reader.ReadFlag();
                else if (reader.ValueTextEquals("text"u8))
                    text = reader.ReadText();
                else
                    reader.SkipValue();   // executableCode and its result among others
            }
            if (isThought)
                continue;
            if (audio is { } part)
                message.Audio.Add(part);
            message.Text += text;
        }
    }

    private static AudioPart? ReadInlineData(ref Utf8JsonReader reader)
    {
        AudioPart? data = null;
        int? rateHz = DefaultRateHz;
        if (!reader.TryEnterObject())
            return null;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("mimeType"u8))
                rateHz = ReadRate(ref reader);
            else if (reader.ValueTextEquals("data"u8))
                data = ReadDataPlace(ref reader);
            else
                reader.SkipValue();
        }
        return data is { } place && rateHz is { } hz ? place with { SampleRateHz = hz } : null;
    }

    private static AudioPart? ReadDataPlace(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isText = reader.TokenType == JsonTokenType.String;
        var place = new AudioPart((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped, DefaultRateHz);
        reader.Skip();
        return isText && place.Length > 0 ? place : null;
    }

    /// <summary>Rate of <c>audio/pcm;rate=24000</c>; null when the part is nothing that can be played.</summary>
    private static int? ReadRate(ref Utf8JsonReader reader)
    {
        Span<byte> unescaped = stackalloc byte[MaxMimeTypeBytes];
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return DefaultRateHz;
        }
        return reader.ValueSpan.Length > MaxMimeTypeBytes ? null : RateOf(unescaped[..reader.CopyString(unescaped)]);
    }

    private static int? RateOf(ReadOnlySpan<byte> mimeType)
    {
        if (mimeType.Length < 9 || !Ascii.EqualsIgnoreCase(mimeType[..9], "audio/pcm"u8))
            return null;
        var rate = mimeType.IndexOf("rate="u8);
        if (rate < 0 || !Utf8Parser.TryParse(mimeType[(rate + 5)..], out int rateHz, out _))
            return DefaultRateHz;
        return rateHz is 8_000 or 16_000 or 24_000 or 48_000 ? rateHz : null;
    }
}
