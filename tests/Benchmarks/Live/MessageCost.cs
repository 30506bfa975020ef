using System.Runtime.InteropServices;
using System.Text;
using GeminiLive.Messages;
using Support;

namespace Benchmarks.Live;

/// <summary>What reading and writing one message costs, next to strings and the serializer.</summary>
internal static class MessageCost
{
    private const int Runs = 1000;

    private static readonly byte[] Transcript = Encoding.UTF8.GetBytes("""{"serverContent":{"outputTranscription":{"text":" Your bicycle is ready."}}}""");

    private static readonly byte[] Usage = Encoding.UTF8.GetBytes("""
        {
          "serverContent": { "turnComplete": true },
          "usageMetadata": { "promptTokenCount": 312, "responseTokenCount": 48, "totalTokenCount": 360,
            "promptTokensDetails": [ { "modality": "TEXT", "tokenCount": 290 }, { "modality": "AUDIO", "tokenCount": 22 } ],
            "responseTokensDetails": [ { "modality": "AUDIO", "tokenCount": 48 } ] }
        }
        """);

    public static IEnumerable<FigureRow> Measure()
    {
        var (up, down, longDown, transcript, usage) = (Up(), Down(40), Down(240), Reading(Transcript, PlainMessages.ReadTranscript), Reading(Usage, PlainMessages.ReadUsage));
        yield return Row("write 20 ms of caller audio", "0 bytes", up);
        yield return Row("read 40 ms of model audio", "0 bytes", down);
        yield return Row("read 240 ms of model audio", "0 bytes", longDown);
        yield return Row("read a transcript's fragment", "", transcript);
        yield return Row("read a turn's end with its usage", "", usage);
        yield return Row("write a word to the model", "", new Pair(() => ClientMessages.RealtimeText("The caller pressed 5."), () => PlainMessages.Write("The caller pressed 5.")));
        yield return Row("a second of call, both speaking: 50 up, 25 of 40 ms down, 5 fragments, 1 end", "",
            up.Ours * 50 + down.Ours * 25 + transcript.Ours * 5 + usage.Ours, up.Plain * 50 + down.Plain * 25 + transcript.Plain * 5 + usage.Plain);
    }

    private static Pair Up()
    {
        var pcm = Noise(320);
        var message = new AudioMessage(pcm.Length);
        return new Pair(() => message.Write(pcm), () => PlainMessages.Write(pcm));
    }

    private static Pair Down(int ms)
    {
        var base64 = Convert.ToBase64String(MemoryMarshal.AsBytes<short>(Noise(24 * ms)));
        var json = Encoding.UTF8.GetBytes(
            $$$$"""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{base64}}}}"}}]}}}""");
        var (message, decoder) = (new ServerMessage(), new PcmDecoder());
        return new Pair(
            () =>
            {
                ServerMessageReader.TryRead(json, message);
                decoder.Decode(json, message.Audio[0]);
            },
            () => PlainMessages.ReadAudio(json));
    }

    private static Pair Reading<T>(byte[] json, Func<byte[], T> plain)
    {
        var message = new ServerMessage();
        return new Pair(() => ServerMessageReader.TryRead(json, message), () => plain(json));
    }

    private static short[] Noise(int samples)
    {
        var (pcm, random) = (new short[samples], new Random(1));
        for (var i = 0; i < samples; i++)
            pcm[i] = (short)random.Next(-8000, 8000);
        return pcm;
    }

    private static FigureRow Row(string what, string goal, Pair pair) => Row(what, goal, pair.Ours, pair.Plain);

    private static FigureRow Row(string what, string goal, Cost ours, Cost plain) =>
        new("", what, goal, ours.ToString() + (goal.Length > 0 && ours.Bytes > 0 ? ", **missed**" : ""),
            $"strings: {plain}; {plain.Nanoseconds / ours.Nanoseconds:0} times");

    /// <summary>Time and garbage of one piece of work.</summary>
    private readonly record struct Cost(double Nanoseconds, double Bytes)
    {
        public static Cost operator +(Cost a, Cost b) => new(a.Nanoseconds + b.Nanoseconds, a.Bytes + b.Bytes);

        public static Cost operator *(Cost cost, int times) => new(cost.Nanoseconds * times, cost.Bytes * times);

        public static Cost Of(Action work)
        {
            // The better of two: on a busy machine the first may pass before the code is compiled at its best.
            var nanoseconds = Math.Min(Timing.MedianNanoseconds(work), Timing.MedianNanoseconds(work));
            return new Cost(nanoseconds, Math.Round(Allocations.Of(work, Runs) / (double)Runs));
        }

        public override string ToString() => $"{Nanoseconds / 1000:0.00} us, {Bytes:#,0} bytes";
    }

    private sealed class Pair(Action ours, Action plain)
    {
        public Cost Ours { get; } = Cost.Of(ours);

        public Cost Plain { get; } = Cost.Of(plain);
    }
}
