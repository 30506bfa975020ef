using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Benchmarks.Audio;

/// <summary>What a 20 ms frame costs, next to plain scalar code that does the same.</summary>
internal static class AudioCost
{
    private const int FrameSamples = 160;

    private static readonly int[] Rates = [8000, 16_000, 24_000, 48_000];

    public static IEnumerable<FigureRow> Measure() =>
    [
        .. Rates.SelectMany(input => Rates.Where(output => output != input).Select(output => Resampling(input, output))),
        .. Coding(),
        .. WidebandCoding(),
        Concealment(),
    ];

    private static FigureRow Resampling(int inputRateHz, int outputRateHz)
    {
        var input = SyntheticVoice.Create(inputRateHz, inputRateHz / 50, seed: 1);
        var output = new short[outputRateHz / 50];
        var (resampler, plain) = (new Resampler(inputRateHz, outputRateHz), new PlainResampler(inputRateHz, outputRateHz));
        return Row(
            $"resample {inputRateHz / 1000} to {outputRateHz / 1000} kHz",
            Timing.MedianNanoseconds(() => resampler.Process(input, output)),
            Timing.MedianNanoseconds(() => plain.Process(input, output)));
    }

    private static IEnumerable<FigureRow> Coding()
    {
        var pcm = SyntheticVoice.Create(8000, FrameSamples, seed: 1);
        var codes = new byte[FrameSamples];
        yield return Row("PCMU encode", Timing.MedianNanoseconds(() => G711.EncodeMuLaw(pcm, codes)), Timing.MedianNanoseconds(() => PlainG711.EncodeMuLaw(pcm, codes)));
        yield return Row("PCMU decode", Timing.MedianNanoseconds(() => G711.DecodeMuLaw(codes, pcm)), Timing.MedianNanoseconds(() => PlainG711.DecodeMuLaw(codes, pcm)));
        yield return Row("PCMA encode", Timing.MedianNanoseconds(() => G711.EncodeALaw(pcm, codes)), Timing.MedianNanoseconds(() => PlainG711.EncodeALaw(pcm, codes)));
        yield return Row("PCMA decode", Timing.MedianNanoseconds(() => G711.DecodeALaw(codes, pcm)), Timing.MedianNanoseconds(() => PlainG711.DecodeALaw(codes, pcm)));
    }

    // No plain code to compare with: next to the cheapest codec, as an operator would choose between them.
    private static IEnumerable<FigureRow> WidebandCoding()
    {
        var (cheapest, _) = Both(CodecCatalog.Pcmu);
        foreach (var codec in new[] { CodecCatalog.G722, CodecCatalog.Opus })
        {
            if (!CodecCatalog.IsAvailable(codec))
                continue;
            var (nanoseconds, what) = Both(codec);
            yield return new("", $"{what}, encode and decode, per frame", "", $"{nanoseconds / 1000:0.000} us", $"PCMU {cheapest / 1000:0.000} us, {nanoseconds / cheapest:0} times");
        }
    }

    private static (double Nanoseconds, string What) Both(AudioCodec codec)
    {
        var (encoder, decoder) = (CodecCatalog.CreateEncoder(codec), CodecCatalog.CreateDecoder(codec));
        var frame = encoder.SampleRateHz / 50;
        var voice = SyntheticVoice.Create(encoder.SampleRateHz, 50 * frame, seed: 1);
        var (payload, pcm, start) = (new byte[encoder.MaxPayloadBytes(frame)], new short[decoder.SampleRateHz / 50], 0);
        var nanoseconds = Timing.MedianNanoseconds(() =>
        {
            var bytes = encoder.Encode(voice.AsSpan(start, frame), payload);
            decoder.Decode(payload.AsSpan(0, bytes), pcm);
            start = (start + frame) % voice.Length;
        });
        return (nanoseconds, codec == CodecCatalog.Opus ? "opus (complexity 5, 32 kbit/s)" : codec.Name);
    }

    // Each round loses one frame, so each searches the pitch: the dearest case.
    private static FigureRow Concealment()
    {
        var voice = SyntheticVoice.Create(8000, 8000, seed: 1);
        var (concealment, frame, start) = (new WaveformConcealment(8000), new short[FrameSamples], 0);
        var past = Array.ConvertAll(voice, sample => (float)sample);
        var measured = Timing.MedianNanoseconds(() =>
        {
            voice.AsSpan(start, FrameSamples).CopyTo(frame);
            start = (start + FrameSamples) % voice.Length;
            concealment.Accept(frame);
            concealment.Conceal(frame);
        });
        var reference = Timing.MedianNanoseconds(() => PlainPitchSearch.FindLag(past.AsSpan(0, 320)));
        return Row("conceal one lost frame and blend into the next (plain: pitch search alone)", measured, reference);
    }

    private static FigureRow Row(string what, double measured, double reference) =>
        new("", $"{what}, per frame", "", $"{measured / 1000:0.000} us", $"plain {reference / 1000:0.000} us, {reference / measured:0.0} times");
}
