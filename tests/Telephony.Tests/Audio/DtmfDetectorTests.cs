using Support;
using Support.Audio;
using Telephony.Audio;
using Telephony.Codecs;

namespace Telephony.Tests.Audio;

/// <summary>Goal B23: which tones are keys, and which are not; all through mu-law as on a line.</summary>
/// <remarks>Talk-off was also measured once on 21 hours of texts read by espeak-ng, eight voices in seven languages: no key was heard.</remarks>
public sealed class DtmfDetectorTests
{
    private const string Keys = "123A456B789C*0#D";
    private static readonly double[] Rows = [697, 770, 852, 941];
    private static readonly double[] Columns = [1209, 1336, 1477, 1633];

    /// <summary>Length in ms, level of the low tone in dBm0, high above low in dB, frequency errors of both in percent, whether it is a key.</summary>
    public static TheoryData<int, double, double, double, double, bool> Limits => new()
    {
        { 45, -20, 0, 0, 0, true }, { 100, -20, 0, 0, 0, true }, { 1_000, -20, 0, 0, 0, true },
        { 45, -36, 0, 0, 0, true }, { 45, 0, 0, 0, 0, true }, { 45, -3, 3, 0, 0, true }, { 45, -36, 4, 0, 0, true }, { 45, -28, -8, 0, 0, true }, { 45, -20, 4, 0, 0, true }, { 45, -20, -8, 0, 0, true },
        { 45, -20, 0, 1.5, 1.5, true }, { 45, -20, 0, -1.5, -1.5, true }, { 45, -20, 0, 1.5, -1.5, true }, { 45, -36, 4, -1.5, 1.5, true }, { 45, 0, -8, 1.5, 1.5, true },
        { 23, -20, 0, 0, 0, false }, { 23, 0, 0, 0, 0, false }, { 15, -10, 0, 0, 0, false }, { 23, -36, 0, 0, 0, false },
        { 100, -20, 0, 3.5, 0, false }, { 100, -20, 0, -3.5, 0, false }, { 100, -20, 0, 0, 3.5, false }, { 100, -20, 0, 0, -3.5, false }, { 100, -20, 0, 3.5, 3.5, false },
        { 100, -50, 0, 0, 0, false }, { 100, -20, 12, 0, 0, false }, { 100, -20, -14, 0, 0, false },
    };

    [Theory, MemberData(nameof(Limits))]
    public void A_tone_is_a_key_within_the_limits_and_nothing_outside(int ms, double dbm0, double twistDb, double rowPercent, double columnPercent, bool isKey)
    {
        for (var key = 0; key < Keys.Length; key++)
            for (var shift = 0; shift < 102; shift += 17)
            {
                short[] line = [.. Silence(50 * 8 + shift), .. Key(key, ms, dbm0, twistDb, rowPercent, columnPercent), .. Silence(800)];
                Assert.Equal(isKey ? $"{Keys[key]}" : "", Detect(line));
            }
    }

    [Fact]
    public void Every_key_is_told_within_45_ms_of_its_beginning()
    {
        for (var key = 0; key < Keys.Length; key++)
            for (var shift = 0; shift < 51; shift++)
            {
                var detector = new DtmfDetector(8_000);
                detector.Process(Silence(800 + shift));
                Assert.Equal(Keys[key], detector.Process(Key(key, DtmfDetector.ToldAfterMs, -20)));
            }
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(45, 40)]
    [InlineData(100, 45)]
    public void A_number_dialled_fast_is_read_key_by_key(int onMs, int offMs)
    {
        const string number = "1155#0099*DD4477";
        Assert.Equal(number, Detect(Dial(number, onMs, offMs)));
    }

    [Fact]
    public void A_key_held_long_is_one_and_a_short_dropout_does_not_make_two()
    {
        Assert.Equal("5", Detect(Key(5, 5_000, -15)));
        Assert.Equal("5", Detect([.. Key(5, 60, -15), .. Silence(80), .. Key(5, 60, -15), .. Silence(400)]));
    }

    [Fact]
    public void A_lost_packet_makes_no_second_key_and_a_gap_does()
    {
        var detector = new DtmfDetector(8_000);
        var tone = Key(5, 300, -15);
        Assert.Equal('5', detector.Process(tone.AsSpan(0, 640)));
        detector.Skip(160);
        Assert.Null(detector.Process(tone.AsSpan(800, 800)));
        detector.Skip(800);
        Assert.Equal('5', detector.Process(tone.AsSpan(0, 800)));
    }

    [Fact]
    public void Noise_15_dB_below_hides_no_key()
    {
        var random = new Random(4);
        var line = Dial("1234567890*#ABCD", 60, 60);
        for (var i = 0; i < line.Length; i++)
            line[i] = (short)(line[i] + (random.NextDouble() - 0.5) * 2 * 700);
        Assert.Equal("1234567890*#ABCD", Detect(line));
    }

    [Fact]
    public void Digits_at_16_kHz_are_read_too()
    {
        var detector = new DtmfDetector(16_000);
        var told = "";
        foreach (var key in "159D")
        {
            told += detector.Process(Key(Keys.IndexOf(key, StringComparison.Ordinal), 60, -20, sampleRateHz: 16_000));
            detector.Process(new short[960]);
        }
        Assert.Equal("159D", told);
    }

    [Fact]
    public void Ten_minutes_of_speech_hold_no_key()
    {
        for (var voice = 0; voice < 20; voice++)
            Assert.Equal("", Detect(SyntheticVoice.Create(8_000, 30 * 8_000, voice)));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var detector = new DtmfDetector(8_000);
        var frame = Key(3, 20, -20);
        Assert.Equal(0, Allocations.Of(() => detector.Process(frame)));
    }

    private static short[] Dial(string number, int onMs, int offMs) =>
        [.. number.SelectMany(key => Key(Keys.IndexOf(key, StringComparison.Ordinal), onMs, -15).Concat(Silence(offMs * 8)))];

    private static short[] Silence(int samples) => new short[samples];

    private static short[] Key(int key, int ms, double dbm0, double twistDb = 0, double rowPercent = 0, double columnPercent = 0, int sampleRateHz = 8_000)
    {
        const double peakAt0Dbm0 = 32_767 / 1.4355;   // full scale is +3.14 dBm0
        var low = peakAt0Dbm0 * Math.Pow(10, dbm0 / 20);
        var high = low * Math.Pow(10, twistDb / 20);
        var (row, column) = (Rows[key / 4] * (1 + rowPercent / 100), Columns[key % 4] * (1 + columnPercent / 100));
        var pcm = new short[ms * sampleRateHz / 1_000];
        for (var i = 0; i < pcm.Length; i++)
        {
            var t = (double)i / sampleRateHz;
            pcm[i] = (short)Math.Clamp(low * Math.Sin(2 * Math.PI * row * t) + high * Math.Sin(2 * Math.PI * column * t), short.MinValue, short.MaxValue);
        }
        return pcm;
    }

    private static string Detect(short[] pcm)
    {
        var coded = new byte[pcm.Length];
        new G711Encoder(G711Law.MuLaw).Encode(pcm, coded);
        var line = new short[pcm.Length];
        new G711Decoder(G711Law.MuLaw).Decode(coded, line);
        var detector = new DtmfDetector(8_000);
        var told = "";
        for (var i = 0; i < line.Length; i += 80)
            told += detector.Process(line.AsSpan(i, Math.Min(80, line.Length - i)));
        return told;
    }
}
