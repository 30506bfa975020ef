using AudioMeasures;
using Support;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Benchmarks.Sound;

/// <summary>Goal B26: how loud the agent is at the peer, and what becomes of peaks; and what the model hears of quiet callers.</summary>
internal static class LevelRows
{
    private const int SourceRate = 24_000;
    private const int FrameMs = 20;

    private static readonly double[] PeaksDbov = [-30, -20, -10, -3, -1];
    private static readonly int[] Sines = [300, 1_000, 3_000];

    public static IEnumerable<FigureRow> Measure()
    {
        foreach (var codec in new[] { CodecCatalog.Pcmu, CodecCatalog.Pcma, CodecCatalog.G722 })
        {
            var worst = PeaksDbov.Max(dbov => Sines.Max(hz => Math.Abs(GainDb(codec, hz, PcmLevel.FromDbov(dbov)))));
            yield return new("B26", $"{codec.Name}: level at the peer, sines of 300 to 3,000 Hz, peaks of -30 to -1 dBov: worst error", "<= 0.2 dB", Verdict.Of(worst, 0.2, "dB"), "");
        }
        yield return Peaks();
        yield return LimiterCost();
        yield return QuietCaller();
    }

    private static double GainDb(AudioCodec codec, int frequencyHz, double peak)
    {
        var (encoder, decoder) = (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec));
        var (resampler, limiter) = (new Resampler(SourceRate, encoder.SampleRateHz), new PeakLimiter(encoder.SampleRateHz));
        var frameSamples = encoder.SampleRateHz * FrameMs / 1000;
        var (resampled, limited, payload) = (new float[frameSamples], new short[frameSamples], new byte[encoder.MaxPayloadBytes(frameSamples)]);
        var (sine, heard) = (Tone.Sine(SourceRate, frequencyHz, SourceRate, peak), new short[decoder.SampleRateHz]);
        for (var i = 0; i < 1000 / FrameMs; i++)
        {
            resampler.Process(sine.AsSpan(i * SourceRate / 50, SourceRate / 50), resampled);
            limiter.Process(resampled);
            PcmVector.ToPcm(resampled, limited);
            decoder.Decode(payload.AsSpan(0, encoder.Encode(limited, payload)), heard.AsSpan(i * heard.Length / 50, heard.Length / 50));
        }
        return ToneMeasures.LevelDb(heard.AsSpan(heard.Length / 2, heard.Length / 4), heard.Length, frequencyHz, peak);
    }

    // Edges make the filter overshoot, which no signal below full scale could do by itself.
    private static FigureRow Peaks()
    {
        var (clipped, without, peak) = (0, 0, PcmLevel.FromDbov(-1));
        var (resampler, limiter, resampled, loud) = (new Resampler(SourceRate, 8_000), new PeakLimiter(8_000), new float[160], new float[160]);
        var frame = new short[SourceRate / 50];
        for (var i = 0; i < 500; i++)
        {
            for (var k = 0; k < frame.Length; k++)
                frame[k] = (short)((i * frame.Length + k) / 73 % 2 == 0 ? peak : -peak);
            resampler.Process(frame, resampled);
            without += resampled.Count(sample => Math.Abs(sample) > PeakLimiter.Ceiling);
            resampled.CopyTo(loud, 0);
            limiter.Process(resampled);
            clipped += CutOff(loud, resampled);
        }
        return new("B26", "square wave of -1 dBov, 24 to 8 kHz, 10 s: samples cut off", "0", Verdict.Of(clipped, 0, "samples"), $"without limiter: {without}");
    }

    // What is turned down follows the gain of its neighbours; what is cut off falls below both.
    private static int CutOff(float[] before, float[] after)
    {
        const float Dip = 0.0005f;
        float Gain(int i) => after[i] / before[i];
        return Enumerable.Range(1, before.Length - 2).Count(i => Math.Abs(after[i]) >= PeakLimiter.Ceiling - 1 && Gain(i) < Math.Min(Gain(i - 1), Gain(i + 1)) - Dip);
    }

    private static FigureRow LimiterCost()
    {
        var (quiet, loud, block, limiter) = (new float[160], new float[160], new float[160], new PeakLimiter(8_000));
        Array.Fill(loud, 40_000);
        var idle = Timing.MedianNanoseconds(() => limiter.Process(quiet));
        var busy = Timing.MedianNanoseconds(() =>
        {
            loud.CopyTo(block, 0);
            limiter.Process(block);
        });
        return new("", "peak limiter, per 20 ms of G.711: nothing to do; limiting", "no delay", $"{idle:0} ns; {busy:0} ns", "");
    }

    private static FigureRow QuietCaller()
    {
        const int Rate = 16_000;
        var voice = SyntheticVoice.Create(Rate, 10 * Rate, seed: 4);
        var scale = Math.Pow(10, (-45 - PcmLevel.RmsDbov(voice)) / 20);
        var quiet = voice.Select(sample => (short)Math.Round(sample * scale)).ToArray();
        var gain = new QuietLineGain(Rate, maxGainDb: 12);
        var heard = quiet.Chunk(gain.BlockSamples).SelectMany(block => gain.Process(block, mayBeEcho: false).ToArray()).ToArray();
        var block = quiet[..gain.BlockSamples];
        return new("", "caller of -45 dBov with QuietLineGainDb = 12, after 10 s; its cost per 20 ms", "-33 dBov",
            $"{PcmLevel.RmsDbov(heard.AsSpan(^(2 * Rate)..)):0.0} dBov; {Timing.MedianNanoseconds(() => gain.Process(block, mayBeEcho: false)):0} ns", "off: as it comes");
    }
}
