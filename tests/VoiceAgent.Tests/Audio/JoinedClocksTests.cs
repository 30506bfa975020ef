using AudioMeasures;
using Support.Audio;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>Goal B18 between two joined callers: phones whose clocks differ cost neither delay nor a sound, on virtual time.</summary>
public sealed class JoinedClocksTests
{
    private const int Rate = JoinedAudio.RateHz;
    private const int FrameMs = 20;
    private const int Frame = Rate * FrameMs / 1_000;

    // Where the clicks are looked for: behind the start, and with room for what is compared.
    private const int Before = Rate / 4;
    private const int After = Rate / 20;

    private static readonly short[] Voice = SyntheticVoice.Create(Rate, 10 * Rate, seed: 7);

    private readonly JoinedAudio _joined = new();
    private readonly short[] _frame = new short[Frame];
    private int _packets;

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void B18_an_hour_by_clocks_that_differ_has_no_gap_and_no_growing_delay(int ppm)
    {
        double first = double.NaN, longest = double.NegativeInfinity, shortest = double.PositiveInfinity;
        var (taken, missed) = (0, 0);
        for (var read = 0; read < 3_600_000 / FrameMs; read++)
        {
            double nowMs = read * FrameMs;
            WriteUntil(nowMs, ppm);
            if (_joined.Read(_frame) == 0)
            {
                missed++;
                continue;
            }
            // What is said right now against what is heard right now.
            var delay = nowMs * (1 + ppm / 1e6) - (taken++ * (double)Frame + _joined.Corrected) * 1_000 / Rate;
            first = double.IsNaN(first) ? delay : first;
            (longest, shortest) = (Math.Max(longest, delay), Math.Min(shortest, delay));
        }
        Assert.InRange(missed, 0, 3);   // the start
        Assert.Equal(0, _joined.Skipped);
        Assert.InRange(longest - first, 0, 20);
        Assert.InRange(first - shortest, 0, 45);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void B14_corrections_do_not_click(int ppm)
    {
        var (heard, corrections) = (new List<short>(), new List<(int At, long Corrected)>());
        for (var read = 0; read < 600_000 / FrameMs; read++)
        {
            WriteUntil(read * FrameMs, ppm);
            var before = _joined.Corrected;
            if (_joined.Read(_frame) == 0)
                continue;
            if (_joined.Corrected != before)
                corrections.Add((heard.Count, before));
            heard.AddRange(_frame);
        }
        Assert.InRange(corrections.Count, 300, 3_000);
        var worst = corrections.SkipLast(20).Select(correction => ClickDb(heard, correction.At, correction.Corrected)).OfType<double>().Max();
        Assert.True(worst <= 0.05, $"worst {worst:0.00} dB");   // a frame that is one sample shorter rises by one part in 320 more
    }

    [Fact]
    public void Clocks_that_agree_are_left_alone_whatever_the_network_does()
    {
        var random = new Random(3);
        for (var read = 0; read < 600_000 / FrameMs; read++)
        {
            WriteUntil(read * FrameMs - random.Next(15), ppm: 0);
            _joined.Read(_frame);
        }
        Assert.InRange(_joined.Corrected, 0, 32);   // 2 ms at the start, where the delay happened to be longer than wanted
        Assert.Equal(0, _joined.Skipped);
    }

    // What was heard there against what was said there, a sample more on either side; where next to nothing was said a single unit counts for more than it sounds.
    private static double? ClickDb(List<short> heard, int frameAt, long corrected)
    {
        var at = frameAt + Frame / 2;
        var said = (int)(at + corrected);
        var clean = Enumerable.Range(said - Before - 1, Before + After + 2).Select(i => Voice[(i + Voice.Length) % Voice.Length]).ToArray();
        return PcmLevel.RmsDbov(clean) < -40 ? null : ClickIndex.Db(clean, heard.Slice(at - Before, Before + After).ToArray(), Rate, Before, afterMs: 11);
    }

    private void WriteUntil(double ms, int ppm)
    {
        for (; _packets * FrameMs * (1 - ppm / 1e6) <= ms; _packets++)
            _joined.Write(Voice.AsSpan(_packets * Frame % Voice.Length, Frame));
    }
}
