using System.Globalization;
using System.Text;

namespace Benchmarks.Capacity;

/// <summary>What the model says, as WebSocket frames that were written once: 40 ms of audio each, words every 200 ms, a turn's end every four seconds.</summary>
internal static class LiveVoice
{
    private const int Steps = 100;
    private const int ChunkSamples = 960;   // 40 ms at 24 kHz

    /// <summary>What goes out at each step of 40 ms, for ever.</summary>
    public static IReadOnlyList<byte[]> Script { get; } = [.. Enumerable.Range(0, Steps).Select(Step)];

    /// <summary>A text frame of a server: not masked.</summary>
    public static byte[] Frame(string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        byte[] header = payload.Length < 126
            ? [0x81, (byte)payload.Length]
            : [0x81, 126, (byte)(payload.Length >> 8), (byte)payload.Length];
        return [.. header, .. payload];
    }

    private static byte[] Step(int step)
    {
        var frames = new List<byte>(Frame(Audio(step)));
        if (step % 5 == 4)
            frames.AddRange(Frame("""{"serverContent":{"outputTranscription":{"text":" and then"}}}"""));
        if (step == Steps - 1)
        {
            frames.AddRange(Frame("""{"serverContent":{"generationComplete":true}}"""));
            frames.AddRange(Frame(
                """{"serverContent":{"turnComplete":true},"usageMetadata":{"promptTokenCount":312,"responseTokenCount":100,"totalTokenCount":412}}"""));
        }
        return [.. frames];
    }

    private static string Audio(int step)
    {
        var pcm = new byte[ChunkSamples * sizeof(short)];
        for (var i = 0; i < ChunkSamples; i++)
        {
            var time = (step * ChunkSamples + i) / 24_000.0;
            var sample = (short)(6_000 * Math.Sin(2 * Math.PI * 200 * time) * (0.6 + 0.4 * Math.Sin(2 * Math.PI * 3 * time)));
            BitConverter.TryWriteBytes(pcm.AsSpan(i * sizeof(short)), sample);
        }
        return string.Create(CultureInfo.InvariantCulture,
            $$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{Convert.ToBase64String(pcm)}}}}"}}]}}}""");
    }
}
