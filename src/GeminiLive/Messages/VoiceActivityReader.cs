using System.Text.Json;

namespace GeminiLive.Messages;

/// <summary>Reads what the server's voice activity detection says, in both of its forms.</summary>
internal static class VoiceActivityReader
{
    /// <summary><c>voiceActivity</c>: <c>type</c> on the wire, <c>voiceActivityType</c> where a library has renamed it.</summary>
    public static VoiceActivityReported? ReadActivity(ref Utf8JsonReader reader)
    {
        string? type = null;
        TimeSpan? offset = null;
        if (!reader.TryEnterObject())
            return null;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("type"u8) || reader.ValueTextEquals("voiceActivityType"u8))
                type = reader.ReadText();
            else if (reader.ValueTextEquals("audioOffset"u8))
                offset = reader.ReadDuration();
            else
                reader.SkipValue();
        }
        return Of(type, "ACTIVITY_START", "ACTIVITY_END", offset);
    }

    /// <summary><c>voiceActivityDetectionSignal</c> (Vertex).</summary>
    public static VoiceActivityReported? ReadSignal(ref Utf8JsonReader reader)
    {
        string? type = null;
        if (!reader.TryEnterObject())
            return null;
        while (reader.MoveToProperty())
        {
            if (reader.ValueTextEquals("vadSignalType"u8))
                type = reader.ReadText();
            else
                reader.SkipValue();
        }
        return Of(type, "VAD_SIGNAL_TYPE_SOS", "VAD_SIGNAL_TYPE_EOS", offset: null);
    }

    private static VoiceActivityReported? Of(string? type, string start, string end, TimeSpan? offset) =>
        type == start || type == end ? new VoiceActivityReported(type == start, offset) : null;
}
