using AudioMeasures;
using AudioMeasures.Impairments;
using Support.Audio;
using Telephony.Codecs;
using Telephony.Tests.Media;

namespace Benchmarks.Sound;

/// <summary>B15 and B16: what loss does to the voice, concealed and not.</summary>
internal static class LossRows
{
    private const int Rate = ImpairedCall.HeardRateHz;
    private const int Seeds = 3;

    public static IEnumerable<FigureRow> Measure(AudioCodec codec)
    {
        var single = Calls(codec, new Impairment { Loss = 0.05 });
        var bursts = Calls(codec, new Impairment { Loss = 0.1, BurstPackets = 3 });
        yield return Distance("B15", $"{codec.Name}, 5 % loss", "<= 60 %", 60, single);
        yield return Intelligibility("B15", $"{codec.Name}, 5 % loss", "<= 0.03", 0.03, single);
        yield return Distance("B16", $"{codec.Name}, 10 % in bursts of 3", "", double.MaxValue, bursts);
        yield return Intelligibility("B16", $"{codec.Name}, 10 % in bursts of 3", "", double.MaxValue, bursts);
        yield return new("B16", $"{codec.Name}, 10 % in bursts of 3: worst click index at a gap's edge", "<= 0 dB", Verdict.Of(bursts.Max(call => call.WorstClickDb()), 0, "dB"), "");
    }

    private static List<ImpairedCall> Calls(AudioCodec codec, Impairment impairment) =>
    [
        .. SpokenVoice.Names.SelectMany(name => Enumerable.Range(1, Seeds)
            .Select(seed => ImpairedCall.Run(codec, SpokenVoice.Load(name, CodecCatalog.CreateEncoder(codec).SampleRateHz), impairment, seed))),
    ];

    private static FigureRow Distance(string goal, string what, string wanted, double mostPercent, List<ImpairedCall> calls)
    {
        var concealed = calls.Average(call => LogSpectralDistance.Db(call.Clean, call.Heard, Rate));
        var silenced = calls.Average(call => LogSpectralDistance.Db(call.Clean, call.Silenced, Rate));
        return new(goal, $"{what}: log-spectral distance against silence's", wanted, Verdict.Of(100 * concealed / silenced, mostPercent, "%"), $"silence: {silenced:0.00} dB");
    }

    private static FigureRow Intelligibility(string goal, string what, string wanted, double most, List<ImpairedCall> calls)
    {
        var concealed = calls.Average(call => 1 - Stoi.Of(call.Clean, call.Heard, Rate));
        var silenced = calls.Average(call => 1 - Stoi.Of(call.Clean, call.Silenced, Rate));
        var verdict = concealed <= most ? "" : ", **missed**";
        return new(goal, $"{what}: intelligibility lost (STOI)", wanted, $"{concealed:0.000}{verdict}", $"silence: {silenced:0.000}");
    }
}
