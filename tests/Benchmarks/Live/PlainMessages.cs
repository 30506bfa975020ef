using System.Text;
using System.Text.Json;

namespace Benchmarks.Live;

/// <summary>The reference: Live messages read and written through strings and <see cref="JsonSerializer"/>, as most programs do.</summary>
internal static class PlainMessages
{
    /// <summary>Caller audio as a message.</summary>
    public static byte[] Write(short[] pcm)
    {
        var bytes = new byte[pcm.Length * sizeof(short)];
        Buffer.BlockCopy(pcm, 0, bytes, 0, bytes.Length);
        var message = new { realtimeInput = new { audio = new { mimeType = "audio/pcm;rate=16000", data = Convert.ToBase64String(bytes) } } };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(message));
    }

    /// <summary>A written word as a message.</summary>
    public static byte[] Write(string text) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { realtimeInput = new { text } }));

    /// <summary>Samples of a message with model audio.</summary>
    public static short[] ReadAudio(byte[] json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(json));
        var part = document.RootElement.GetProperty("serverContent").GetProperty("modelTurn").GetProperty("parts")[0];
        var bytes = Convert.FromBase64String(part.GetProperty("inlineData").GetProperty("data").GetString()!);
        var pcm = new short[bytes.Length / sizeof(short)];
        Buffer.BlockCopy(bytes, 0, pcm, 0, bytes.Length);
        return pcm;
    }

    /// <summary>Words of a message with a transcript.</summary>
    public static string ReadTranscript(byte[] json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(json));
        return document.RootElement.GetProperty("serverContent").GetProperty("outputTranscription").GetProperty("text").GetString()!;
    }

    /// <summary>Tokens of a message with usage, by modality.</summary>
    public static Dictionary<string, int> ReadUsage(byte[] json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetString(json));
        var usage = document.RootElement.GetProperty("usageMetadata");
        var tokens = new Dictionary<string, int>(StringComparer.Ordinal) { ["total"] = usage.GetProperty("totalTokenCount").GetInt32() };
        foreach (var list in (string[])["promptTokensDetails", "responseTokensDetails"])
        {
            foreach (var detail in usage.GetProperty(list).EnumerateArray())
                tokens[$"{list} {detail.GetProperty("modality").GetString()}"] = detail.GetProperty("tokenCount").GetInt32();
        }
        return tokens;
    }
}
