using Telephony.Audio;
using Telephony.Codecs;

namespace AudioMeasures.Tests;

public class FrameCounterTests
{
    private const int Frames = 200;

    public static TheoryData<int> Rates => [8000, 16_000, 24_000, 48_000];

    [Theory, MemberData(nameof(Rates))]
    public void Every_frame_is_found_at_its_sample(int rateHz)
    {
        var frames = FrameCounter.Read(FrameCounter.Create(rateHz, 65_500, Frames), rateHz);
        Assert.Equal(Enumerable.Range(0, Frames).Select(i => new CountedFrame((65_500 + i) % FrameCounter.Numbers, i * rateHz / 50)), frames);
    }

    [Theory, MemberData(nameof(Rates))]
    public void Silence_and_noise_hold_no_frame(int rateHz)
    {
        var noise = new short[rateHz * 5];
        new ComfortNoise().Fill(noise, -20);
        Assert.Empty(FrameCounter.Read(noise, rateHz));
        Assert.Empty(FrameCounter.Read(new short[rateHz], rateHz));
    }

    public static TheoryData<string> WaveformCodecs => ["PCMU", "PCMA", "G722"];

    /// <summary>Waveform codec, and the resampler to what the model hears.</summary>
    [Theory, MemberData(nameof(WaveformCodecs))]
    public void Frames_survive_the_codec_and_the_resampler_with_one_delay(string name)
    {
        var codec = CodecCatalog.All.Single(entry => entry.Name == name);
        var report = CountedReport.Of(Through(codec, FrameCounter.Create(codec.SampleRateHz, 0, Frames)), 16_000);
        Assert.InRange(report.Heard, Frames - 1, Frames);      // the end of the last one is still in the filters
        Assert.Equal((0, 0, 0), (report.Lost, report.Repeated, report.OutOfOrder));
        Assert.InRange(report.MinDelaySamples, 0, 16 * 4);
        Assert.InRange(report.MaxDelaySamples - report.MinDelaySamples, 0, 2);
    }

    [Fact]
    public void Loss_repeats_order_and_delay_are_counted()
    {
        var clean = FrameCounter.Create(8000, 0, 10);
        short[] Frame(int number) => clean[(number * 160)..(number * 160 + 160)];
        short[] heard = [.. Frame(0), .. Frame(1), .. new short[160], .. Frame(3), .. Frame(3), .. Frame(6), .. Frame(5), .. new short[40], .. Frame(9)];
        Assert.Equal(new CountedReport(Heard: 7, Lost: 4, Repeated: 1, OutOfOrder: 1, MinDelaySamples: -280, MaxDelaySamples: 160), CountedReport.Of(heard, 8000));
    }

    /// <summary>Concealment sometimes makes up what reads as a frame: its number is any, and must not stand for all the numbers between.</summary>
    [Fact]
    public void What_reads_as_a_frame_far_from_its_place_is_none()
    {
        var heard = FrameCounter.Create(8000, 0, 10);
        FrameCounter.Write(heard.AsSpan(4 * 160, 160), 60_000);
        Assert.Equal(new CountedReport(Heard: 9, Lost: 1, Repeated: 0, OutOfOrder: 0, MinDelaySamples: 0, MaxDelaySamples: 0), CountedReport.Of(heard, 8000));
    }

    private static short[] Through(AudioCodec codec, short[] pcm)
    {
        var (encoder, decoder, resampler) = (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec), new Resampler(codec.SampleRateHz, 16_000));
        var (payload, decoded, heard) = (new byte[2000], new short[codec.SampleRateHz / 50], new List<short>());
        var resampled = new short[resampler.MaxOutputSamples(decoded.Length)];
        foreach (var frame in pcm.Chunk(codec.SampleRateHz / 50))
        {
            var bytes = encoder.Encode(frame, payload);
            decoder.Decode(payload.AsSpan(0, bytes), decoded);
            heard.AddRange(resampled.AsSpan(0, resampler.Process(decoded, resampled)));
        }
        return [.. heard];
    }
}
