using System.Diagnostics;
using Benchmarks.Audio;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Audio;

/// <summary>What 20 ms of sound cost beside plain code that does the same, in the same moments: none of the ratios that were measured may get worse by more than a quarter.</summary>
/// <remarks>
/// Ratios of the least of many short batches, taken in turn: what else the machine does lengthens batches and shortens none. A ratio that comes out worse is measured again for a
/// while, since a neighbour can slow vectors and plain code unequally; code that has become slower stays so. Figures to go by are in docs/benchmarks.md.
/// </remarks>
[Collection(nameof(CostRatioCollection))]
public sealed class CostRatioTests
{
    private const double Quarter = 1.25;
    private const int Tries = 40;
    private const int Batches = 400;
    private const int BatchFrames = 8;

    [Theory]
    [InlineData(8_000, 16_000, 0.105)]
    [InlineData(24_000, 8_000, 0.080)]
    [InlineData(48_000, 16_000, 0.080)]
    public void Resampling(int inputRateHz, int outputRateHz, double measured)
    {
        var input = SyntheticVoice.Create(inputRateHz, inputRateHz / 50, seed: 1);
        var output = new short[outputRateHz / 50];
        var (resampler, plain) = (new Resampler(inputRateHz, outputRateHz), new PlainResampler(inputRateHz, outputRateHz));
        AssertRatio(measured, () => resampler.Process(input, output), () => plain.Process(input, output));
    }

    [Theory]
    [InlineData(false, 0.155)]
    [InlineData(true, 0.195)]
    public void Companding(bool isALaw, double measured)
    {
        var pcm = SyntheticVoice.Create(8_000, 160, seed: 1);
        var codes = new byte[160];
        AssertRatio(measured, isALaw ? () => G711.EncodeALaw(pcm, codes) : () => G711.EncodeMuLaw(pcm, codes), isALaw ? () => PlainG711.EncodeALaw(pcm, codes) : () => PlainG711.EncodeMuLaw(pcm, codes));
    }

    [Fact]
    public void Concealment()
    {
        var voice = SyntheticVoice.Create(8_000, 8_000, seed: 1);
        var (concealment, frame, start) = (new WaveformConcealment(8_000), new short[160], 0);
        var past = Array.ConvertAll(voice, sample => (float)sample);
        AssertRatio(0.25, () =>
        {
            voice.AsSpan(start, 160).CopyTo(frame);
            start = (start + 160) % voice.Length;
            concealment.Accept(frame);
            concealment.Conceal(frame);
        }, () => PlainPitchSearch.FindLag(past.AsSpan(0, 320)));
    }

    private static void AssertRatio(double measured, Action action, Action plain)
    {
        var least = double.MaxValue;
        for (var attempt = 0; attempt < Tries && least > measured * Quarter; attempt++)
            least = Math.Min(least, Ratio(action, plain));
        TestContext.Current.SendDiagnosticMessage($"{least:F3} of plain code");
        Assert.True(least <= measured * Quarter, $"costs {least:F3} of plain code; {measured:F3} when it was last measured");
    }

    private static double Ratio(Action action, Action plain)
    {
        var (ours, theirs) = (double.MaxValue, double.MaxValue);
        for (var batch = 0; batch < Batches; batch++)
        {
            ours = Math.Min(ours, Time(action));
            theirs = Math.Min(theirs, Time(plain));
        }
        return ours / theirs;
    }

    private static double Time(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        for (var frame = 0; frame < BatchFrames; frame++)
            action();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }
}

/// <summary>Nothing else of this project runs meanwhile.</summary>
[CollectionDefinition(nameof(CostRatioCollection), DisableParallelization = true)]
public sealed class CostRatioCollection;
