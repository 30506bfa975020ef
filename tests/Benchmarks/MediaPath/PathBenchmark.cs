using System.Diagnostics;
using Benchmarks.Capacity;
using VoiceAgent.Audio;

namespace Benchmarks.MediaPath;

/// <summary>What the media thread does for a call in 20 ms, of one call whose objects lie in the processor's cache and of many whose objects do not.</summary>
internal static class PathBenchmark
{
    private const long FrameNs = 20_000_000;
    private const int ManyCalls = 250;

    // As many packets as come and go in a round of the clock, a millisecond, at that many calls; behind it the other threads have the processor.
    private const int RoundCalls = ManyCalls / 20;
    private const int WarmPackets = 100_000;
    private const int Frames = 60;

    // More than the processor's caches hold, of code too.
    private static readonly byte[] Others = new byte[48 << 20];

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Media path", """
        It takes half a minute. PCMU, both sides speaking; the whole way of a packet up and of one down, but for the system calls. The difference between one call and many is what the processor waits for memory.
        "Together": the two packets of a call one behind the other, so that its objects are fetched once. The best and the median of 60 frames of 20 ms.
        """, Run);

    /// <summary>Measures everything.</summary>
    public static IReadOnlyList<FigureRow> Run() =>
    [
        .. Rows("1 call", Measure(calls: 1, together: false)),
        .. Rows($"{ManyCalls} calls", Measure(ManyCalls, together: false)),
        .. Rows($"{ManyCalls} calls, together", Measure(ManyCalls, together: true)),
    ];

    private static IEnumerable<FigureRow> Rows(string calls, (double[] Up, double[] Down) us)
    {
        var both = us.Up.Zip(us.Down, (up, down) => up + down).ToArray();
        if (us.Down.Max() > 0)
        {
            yield return Row($"a packet of the caller, {calls}", us.Up);
            yield return Row($"a packet to the caller, {calls}", us.Down);
        }
        yield return Row($"both, {calls}", both);
    }

    private static FigureRow Row(string what, double[] us)
    {
        Array.Sort(us);
        return new FigureRow("", what, "", $"{us[0]:0.00} us, median {us[us.Length / 2]:0.00}", "");
    }

    private static (double[] Up, double[] Down) Measure(int calls, bool together)
    {
        var voice = CallerVoice.Of("PCMU");
        var time = new PathTime();
        var agent = AgentVoice();
        var all = Enumerable.Range(0, calls).Select(call => new PathCall(voice, time, firstFrame: call)).ToArray();
        GC.Collect();
        var (up, down) = (new double[Frames], new double[Frames]);
        var warmFrames = WarmPackets / calls;
        for (var frame = -warmFrames; frame < Frames; frame++)
        {
            time.NowNs += FrameNs;
            // What other threads do: it brings a part of a call's memory into the cache, as it does in the service.
            foreach (var call in all)
                call.Exchange(agent.AsSpan((frame + warmFrames) % 50 * 480, 480));
            var (received, sent) = Rounds(all, time.NowNs, together, calls > 1 && frame > -Frames);
            if (frame >= 0)
                (up[frame], down[frame]) = (received, sent);
        }
        Array.ForEach(all, call => call.Dispose());
        return all.All(call => call.Works) ? (up, down) : throw new InvalidOperationException("The calls did not do their work.");
    }

    private static (double UpUs, double DownUs) Rounds(PathCall[] calls, long nowNs, bool together, bool cold)
    {
        var (up, down) = (0.0, 0.0);
        var rounds = calls.Chunk(RoundCalls).ToArray();
        for (var i = 0; i < rounds.Length; i++)
        {
            // Those whose packet is due have had theirs half a frame ago.
            var (round, other) = (rounds[i], together ? [] : rounds[(i + rounds.Length / 2) % rounds.Length]);
            if (cold)
                Others.AsSpan().Fill((byte)i);
            var started = Stopwatch.GetTimestamp();
            foreach (var call in round)
            {
                call.Receive(nowNs);
                if (together)
                    call.Send(nowNs);
            }
            var received = Stopwatch.GetTimestamp();
            foreach (var call in other)
                call.Send(nowNs);
            up += Stopwatch.GetElapsedTime(started, received).TotalMicroseconds;
            down += together ? 0 : Stopwatch.GetElapsedTime(received).TotalMicroseconds;
        }
        return (up / calls.Length, down / calls.Length);
    }

    private static short[] AgentVoice()
    {
        var pcm = new short[PlayoutBuffer.RateHz];
        for (var i = 0; i < pcm.Length; i++)
        {
            var time = (double)i / PlayoutBuffer.RateHz;
            pcm[i] = (short)(6_000 * Math.Sin(2 * Math.PI * 200 * time) * (0.6 + 0.4 * Math.Sin(2 * Math.PI * 3 * time)));
        }
        return pcm;
    }
}
