using AudioMeasures;
using AudioMeasures.Impairments;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Media;

/// <summary>What the model hears of a caller behind a bad network: goals B4, B15 and B16, through codec, receive path and resampler, on virtual time.</summary>
public sealed class UplinkSoundTests
{
    private static readonly Impairment FivePercent = new() { Loss = 0.05 };
    private static readonly Impairment TenPercentInBursts = new() { Loss = 0.1, BurstPackets = 3 };

    public static TheoryData<string> Laws => ["PCMU", "PCMA"];

    /// <summary>Goal B4: p50 at most 5 ms, p99 at most 60 ms.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.02)]
    public void B4_jitter_of_30_ms_holds_no_packet_that_comes_in_order(double reorder)
    {
        var counted = FrameCounter.Create(8000, 0, 3_000);
        var call = ImpairedCall.Run(CodecCatalog.Pcmu, counted, new Impairment { JitterMs = 30, Reorder = reorder }, seed: 1);
        var delays = call.DelaysMs.Order().ToList();
        Assert.InRange(delays[delays.Count / 2], 0, 5);
        Assert.InRange(delays[delays.Count * 99 / 100], 0, 60);
        var report = CountedReport.Of(call.Heard, ImpairedCall.HeardRateHz);
        Assert.Equal((0, 0), (report.Repeated, report.OutOfOrder));
        Assert.InRange(report.Lost, 0, reorder > 0 ? 6 : 0);
        Assert.InRange(report.MaxDelaySamples - report.MinDelaySamples, 0, 2);
    }

    /// <summary>Goal B15: at most 60 % of the log-spectral distance that silence leaves, with real sentences, six voices and three patterns of loss.</summary>
    [Fact]
    public void B15_five_percent_loss_is_far_closer_to_the_voice_than_silence()
    {
        double concealed = 0, silenced = 0;
        foreach (var (name, seed) in SpokenVoice.Names.SelectMany(name => new[] { (name, 1), (name, 2), (name, 3) }))
        {
            var call = Call(CodecCatalog.Pcmu, name, FivePercent, seed);
            concealed += LogSpectralDistance.Db(call.Clean, call.Heard, ImpairedCall.HeardRateHz);
            silenced += LogSpectralDistance.Db(call.Clean, call.Silenced, ImpairedCall.HeardRateHz);
        }
        Assert.True(concealed <= 0.6 * silenced, $"{concealed / silenced:P1} of the distance of silence");
    }

    /// <summary>Goal B15: intelligibility lost at most 0.03, and every lost frame is concealed.</summary>
    [Theory, MemberData(nameof(Laws))]
    public void B15_five_percent_loss_costs_little_intelligibility(string law)
    {
        var codec = Codec(law);
        double loss = 0;
        foreach (var name in SpokenVoice.Names)
        {
            var call = Call(codec, name, FivePercent, seed: 1);
            loss += (1 - Stoi.Of(call.Clean, call.Heard, ImpairedCall.HeardRateHz)) / SpokenVoice.Names.Count;
            Assert.Equal(20_000 * call.Lost.Count(isLost => isLost), call.Receiver.Counters.ConcealedUs + 20_000 * TrailingLosses(call));
        }
        Assert.True(loss <= 0.03, $"{loss:F3}");
    }

    /// <summary>Goal B15: the time line is exact. With the packet behind the gap at hand, nothing that came is touched, so every frame is read at its sample.</summary>
    [Theory, MemberData(nameof(Laws))]
    public void B15_every_packet_that_came_is_heard_whole_and_at_its_sample(string law)
    {
        var call = ImpairedCall.Run(Codec(law), FrameCounter.Create(8000, 0, 1_000), FivePercent, seed: 3);
        var places = FrameCounter.Read(call.Heard, ImpairedCall.HeardRateHz).ToLookup(frame => frame.Number, frame => frame.At - frame.Number * ImpairedCall.HeardFrame);
        var delay = places[0].Single();
        for (var i = 0; i < call.Lost.Length - 1; i++)
            Assert.True(call.Lost[i] || places[i].Any(at => Math.Abs(at - delay) <= 1), $"frame {i}");
    }

    /// <summary>Goal B16: no click, no zero-filled speech, and one frame behind a burst all is as if nothing had happened.</summary>
    [Theory, MemberData(nameof(Laws))]
    public void B16_bursts_of_three_do_not_click_are_never_zero_and_are_over_at_once(string law)
    {
        foreach (var name in SpokenVoice.Names)
        {
            var call = Call(Codec(law), name, TenPercentInBursts, seed: 2);
            Assert.True(call.WorstClickDb() <= 0.1, $"{name}: {call.WorstClickDb():F2} dB");
            for (var i = 10; i < call.Lost.Length - 1; i++)
            {
                var frame = (i * ImpairedCall.HeardFrame)..((i + 1) * ImpairedCall.HeardFrame);
                if (call.Lost[i] && PcmLevel.RmsDbov(call.Clean.AsSpan(frame)) > -30 && PcmLevel.RmsDbov(call.Clean.AsSpan((i - 3) * ImpairedCall.HeardFrame, ImpairedCall.HeardFrame)) > -30)
                    Assert.NotEqual(0, PcmLevel.Peak(call.Heard.AsSpan(frame)));
                else if (!call.Lost[i] && !call.Lost[i - 1])
                    Assert.Equal(call.Clean[frame], call.Heard[frame]);
            }
        }
    }

    /// <summary>Goal B15 for G.722, whose state goes on with what is made up: intelligibility lost at most 0.03.</summary>
    [Fact]
    public void B15_five_percent_loss_costs_little_intelligibility_of_a_wideband_call()
    {
        var loss = SpokenVoice.Names.SelectMany(name => new[] { (name, 2), (name, 3) }).Average(pair =>
        {
            var call = Call(CodecCatalog.G722, pair.Item1, FivePercent, pair.Item2);
            return 1 - Stoi.Of(call.Clean, call.Heard, ImpairedCall.HeardRateHz);
        });
        Assert.True(loss <= 0.03, $"{loss:F3}");
    }

    /// <summary>Goal B15 for G.722: what the next packet tells of the encoder's scales and predictors is used with what was made up; coding that again alone leaves 80 %, what the packet tells alone 76.4 %.</summary>
    [Fact]
    public void B15_state_of_a_wideband_call_behind_a_gap_is_estimated_from_what_follows()
    {
        double concealed = 0, silenced = 0;
        foreach (var (name, seed) in SpokenVoice.Names.SelectMany(name => new[] { (name, 1), (name, 2), (name, 3) }))
        {
            var call = Call(CodecCatalog.G722, name, FivePercent, seed);
            concealed += LogSpectralDistance.Db(call.Clean, call.Heard, ImpairedCall.HeardRateHz);
            silenced += LogSpectralDistance.Db(call.Clean, call.Silenced, ImpairedCall.HeardRateHz);
        }
        Assert.True(concealed <= 0.76 * silenced, $"{concealed / silenced:P1} of the distance of silence");
    }

    /// <summary>Goal B16 for G.722: a predictor that is still wrong makes nothing much steeper than the voice. Without a limit from what was heard lately it was 3 dB.</summary>
    [Theory]
    [InlineData("apology.de", 1)]
    [InlineData("apology.de", 3)]
    [InlineData("while-booking", 3)]
    public void B16_bursts_in_a_wideband_call_click_by_less_than_1_dB(string name, int seed)
    {
        var click = Call(CodecCatalog.G722, name, TenPercentInBursts, seed).WorstClickDb();
        Assert.True(click <= 1, $"{click:F2} dB");
    }

    /// <summary>Goal B15 for Opus, whose packets say again what was lost, as our answer asks the peer for.</summary>
    [Fact]
    public void B15_five_percent_loss_of_opus_is_mostly_said_again_by_the_next_packet()
    {
        Assert.SkipUnless(CodecCatalog.IsAvailable(CodecCatalog.Opus), "libopus is not installed (apt-get install libopus0).");
        var calls = SpokenVoice.Names.Take(3).Select(name => Call(CodecCatalog.Opus, name, FivePercent, seed: 1)).ToList();
        Assert.True(calls.Average(call => 1 - Stoi.Of(call.Clean, call.Heard, ImpairedCall.HeardRateHz)) <= 0.03);
        var concealed = calls.Sum(call => LogSpectralDistance.Db(call.Clean, call.Heard, ImpairedCall.HeardRateHz));
        Assert.InRange(concealed, 0, 0.6 * calls.Sum(call => LogSpectralDistance.Db(call.Clean, call.Silenced, ImpairedCall.HeardRateHz)));
        Assert.True(calls.Sum(call => call.Receiver.Counters.RecoveredUs) >= 0.6 * calls.Sum(call => call.Receiver.Counters.ConcealedUs));
    }

    /// <summary>Wideband and Opus (with what its packets say again): clearly more intelligible than silence on the same losses.</summary>
    [Theory]
    [InlineData("G722", 1)]
    [InlineData("G722", 3)]
    [InlineData("opus", 1)]
    [InlineData("opus", 3)]
    public void B15_wideband_codecs_lose_a_quarter_less_intelligibility_than_silence_leaves(string name, int burst)
    {
        Assert.SkipUnless(CodecCatalog.IsAvailable(Codec(name)), "libopus is not installed (apt-get install libopus0).");
        double concealed = 0, silenced = 0;
        foreach (var voice in SpokenVoice.Names.Take(3))
        {
            var call = Call(Codec(name), voice, burst == 1 ? FivePercent : TenPercentInBursts, seed: 1);
            concealed += 1 - Stoi.Of(call.Clean, call.Heard, ImpairedCall.HeardRateHz);
            silenced += 1 - Stoi.Of(call.Clean, call.Silenced, ImpairedCall.HeardRateHz);
        }
        Assert.True(concealed <= 0.75 * silenced, $"{concealed / silenced:P0} of what silence costs");
    }

    private static int TrailingLosses(ImpairedCall call) => call.Lost.Reverse().TakeWhile(isLost => isLost).Count();

    private static AudioCodec Codec(string name) => CodecCatalog.All.Single(codec => codec.Name == name && codec != CodecCatalog.TelephoneEvent8k);

    private static ImpairedCall Call(AudioCodec codec, string voice, Impairment impairment, int seed) =>
        ImpairedCall.Run(codec, SpokenVoice.Load(voice, CodecCatalog.CreateEncoder(codec).SampleRateHz), impairment, seed);
}
