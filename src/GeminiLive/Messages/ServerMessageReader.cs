using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Receive buffer -> <see cref="ServerMessage"/>: one pass, no intermediate strings for audio, unknown keys and wrong types tolerated.</summary>
internal static class ServerMessageReader
{
    /// <summary>Reads one whole message.</summary>
    /// <returns>False when the bytes are no JSON object; <paramref name="message"/> is empty then. Never throws.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, ServerMessage message)
    {
        message.Clear();
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.TryEnterObject())
                return false;
            while (reader.MoveToProperty())
                ReadKey(ref reader, json, message);
            return !reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The only way in which Utf8JsonReader reports broken JSON, and text that is no UTF-8.
            message.Clear();
            return false;
        }
    }

    private static void ReadKey(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ServerMessage message)
    {
        if (reader.ValueTextEquals("serverContent"u8))
            ServerContentReader.Read(ref reader, message);
        else if (reader.ValueTextEquals("usageMetadata"u8))
            message.Usage = UsageReader.Read(ref reader);
        else if (reader.ValueTextEquals("sessionResumptionUpdate"u8))
            ReadResumptionUpdate(ref reader, message);
        else if (reader.ValueTextEquals("toolCall"u8))
            ReadToolCall(ref reader, json, message);
        else if (reader.ValueTextEquals("toolCallCancellation"u8))
            ReadCancellation(ref reader, message);
        else if (reader.ValueTextEquals("goAway"u8))
            ReadGoAway(ref reader, message);
        else if (reader.ValueTextEquals("setupComplete"u8))
            ReadSetupComplete(ref reader, message);
        else if (reader.ValueTextEquals("interactionStatus"u8))
            ServerContentReader.ReadInteractionStatus(ref reader, message);
        else if (reader.ValueTextEquals("voiceActivity"u8))
            message.VoiceActivity = VoiceActivityReader.ReadActivity(ref reader);
        else if (reader.ValueTextEquals("voiceActivityDetectionSignal"u8))
            message.VoiceActivity = VoiceActivityReader.ReadSignal(ref reader);
        else if (reader.ValueTextEquals("error"u8))
            message.Error = ReadError(ref reader);
        else if (reader.ValueTextEquals("message"u8))
            message.Error = reader.ReadText();   // an error without its envelope
        else
            reader.SkipValue();
    }

    private static void ReadSetupComplete(ref Utf8JsonReader reader, ServerMessage message)
    {
        message.IsSetupComplete = true;
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("sessionId"u8))
                message.SessionId = reader.ReadText();
            else
                reader.SkipValue();
        }
    }

    private static void ReadResumptionUpdate(ref Utf8JsonReader reader, ServerMessage message)
    {
        string? handle = null;
        var isResumable = false;
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("newHandle"u8))
                handle = reader.ReadText();
            else if (reader.ValueTextEquals("resumable"u8))
                isResumable = reader.ReadFlag();
            else if (reader.ValueTextEquals("lastConsumedClientMessageIndex"u8))
                message.LastConsumedIndex = reader.ReadLong();
            else
                reader.SkipValue();
        }
        message.IsResumable = isResumable;
        message.NewHandle = isResumable && handle is { Length: > 0 } ? handle : null;
    }

    private static void ReadGoAway(ref Utf8JsonReader reader, ServerMessage message)
    {
        message.GoAwayTimeLeft = TimeSpan.Zero;
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("timeLeft"u8))
                message.GoAwayTimeLeft = reader.ReadDuration();
            else
                reader.SkipValue();
        }
    }

    private static void ReadToolCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ServerMessage message)
    {
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (!reader.ValueTextEquals("functionCalls"u8))
                reader.SkipValue();
            else if (reader.TryEnterArray())
                ReadFunctionCalls(ref reader, json, message);
        }
    }

    private static void ReadFunctionCalls(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ServerMessage message)
    {
        while (reader.MoveToObject())
        {
            string? id = null, name = null, arguments = null;
            while (reader.MoveToProperty())
            {
                if (reader.ValueTextEquals("id"u8))
                    id = reader.ReadText();
                else if (reader.ValueTextEquals("name"u8))
                    name = reader.ReadText();
                else if (reader.ValueTextEquals("args"u8))
                    arguments = reader.ReadRawObject(json);
                else
                    reader.SkipValue();
            }
            if (name is not null)
                message.ToolCalls.Add(new LiveToolCall(id, name, arguments ?? "{}"));
        }
    }

    private static void ReadCancellation(ref Utf8JsonReader reader, ServerMessage message)
    {
        if (!reader.TryEnterObject())
            return;
        while (reader.MoveToProperty())
        {
            if (!reader.ValueTextEquals("ids"u8))
                reader.SkipValue();
            else if (reader.TryEnterArray())
                ReadIds(ref reader, message);
        }
    }

    private static void ReadIds(ref Utf8JsonReader reader, ServerMessage message)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } id)
                message.CancelledCalls.Add(id);
            reader.Skip();
        }
    }

    private static string ReadError(ref Utf8JsonReader reader)
    {
        string? words = null;
        var code = 0;
        if (!reader.TryEnterObject())
            return "error without words";
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("code"u8))
                code = reader.ReadNumber();
            else if (reader.ValueTextEquals("message"u8))
                words = reader.ReadText();
            else
                reader.SkipValue();
        }
        return $"{code} {words}";
    }
}
