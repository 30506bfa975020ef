using Support.Audio;

namespace GeminiLive.Tests;

/// <summary>Quality on synthetic speech, clean and in noise: where turns are heard to begin and end.</summary>
public sealed class ActivityDetectorTests
{
    private const int Rate = 16_000;
    private const int ChunkMs = 20;
    private const int OnsetMs = 100;
    private const int HangoverMs = 700;

    [Theory]
    [InlineData(-80)]
    [InlineData(-50)]
    [InlineData(-40)]
    [InlineData(-35)]
    public void Every_sentence_is_one_turn_whatever_the_noise(double noiseDbov)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            var (audio, sentences) = Talk(seed, noiseDbov);
            var turns = Listen(audio);
            // Loud noise may be taken for speech until the floor has been learnt, before anybody speaks.
            if (noiseDbov > -36)
                turns.RemoveAll(turn => turn.EndMs < sentences[0].StartMs);
            Assert.Equal(sentences.Count, turns.Count);
            for (var i = 0; i < turns.Count; i++)
            {
                // What is sent first of a turn reaches back further than this.
                Assert.InRange(turns[i].StartMs - sentences[i].StartMs, 0, noiseDbov > -36 ? 580 : 300);
                Assert.InRange(turns[i].EndMs - sentences[i].EndMs, HangoverMs - 300, HangoverMs + 200);
            }
        }
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(-45)]
    [InlineData(-30)]
    public void Noise_alone_is_a_turn_for_a_moment_at_most(double noiseDbov)
    {
        var turns = Listen(Noise(new Random(3), 60 * Rate, noiseDbov));
        Assert.InRange(turns.Count, 0, 1);
        Assert.All(turns, turn => Assert.True(turn.EndMs < 5_000));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var detector = new ActivityDetector(ChunkMs, OnsetMs, HangoverMs);
        var chunk = new short[320];
        Assert.Equal(0, Support.Allocations.OfRound(() =>
        {
            for (var i = 0; i < 10_000; i++)
                detector.Hear(chunk);
        }));
    }

    private static (short[] Audio, List<(int StartMs, int EndMs)> Sentences) Talk(int seed, double noiseDbov)
    {
        var random = new Random(seed);
        var audio = Noise(random, 60 * Rate, noiseDbov);
        var sentences = new List<(int, int)>();
        for (var at = 5_000; at < 54_000; at += random.Next(1_500, 3_000))
        {
            var lengthMs = random.Next(600, 4_000);
            var voice = SyntheticVoice.Create(Rate, lengthMs * 16, seed + at);
            for (var i = 0; i < voice.Length; i++)
                audio[at * 16 + i] = (short)Math.Clamp(audio[at * 16 + i] + voice[i], short.MinValue, short.MaxValue);
            sentences.Add((at, at + lengthMs));
            at += lengthMs;
        }
        return (audio, sentences);
    }

    private static short[] Noise(Random random, int samples, double dbov)
    {
        var peak = 32_768 * Math.Pow(10, dbov / 20) * Math.Sqrt(3);
        return [.. Enumerable.Range(0, samples).Select(_ => (short)(peak * (2 * random.NextDouble() - 1)))];
    }

    private static List<(int StartMs, int EndMs)> Listen(short[] audio)
    {
        var detector = new ActivityDetector(ChunkMs, OnsetMs, HangoverMs);
        var turns = new List<(int, int)>();
        var start = 0;
        for (var ms = 0; (ms + ChunkMs) * 16 <= audio.Length; ms += ChunkMs)
        {
            if (!detector.Hear(audio.AsSpan(ms * 16, ChunkMs * 16)))
                continue;
            if (detector.IsActive)
                start = ms;
            else
                turns.Add((start, ms));
        }
        return turns;
    }
}
