using AudioMeasures;
using Support;
using Support.Audio;
using Telephony.Audio;

namespace Telephony.Tests.Audio;

public class WaveformConcealmentTests
{
    private const int RateHz = 8000;
    private const int Frame = 160;

    // Where two waves of different phase are blended, their sum may be steeper than either by a hair; a click is several dB.
    private const double MaxClickDb = 0.5;

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    /// <summary>Goal B15: at most 60 % of the distance that silence leaves.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void Five_percent_loss_of_speech_is_far_closer_to_the_original_than_silence(int seed)
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz * 10, seed);
        var lost = Losses(voice.Length / Frame, seed, probability: 0.05, burst: 1);
        var (concealed, silenced) = (Play(voice, lost), Silence(voice, lost));

        var ratio = LogSpectralDistance.Db(voice, concealed, RateHz) / LogSpectralDistance.Db(voice, silenced, RateHz);
        Assert.True(ratio <= 0.6, $"{ratio:P0} of the distance of silence");
    }

    /// <summary>Goal B16.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void Bursts_of_three_do_not_click_and_are_never_zero(int seed)
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz * 20, seed);
        var lost = Losses(voice.Length / Frame, seed, probability: 0.03, burst: 3);
        var heard = Play(voice, lost);
        for (var frame = 0; frame < lost.Length; frame++)
        {
            if (lost[frame])
                Assert.NotEqual(0, PcmLevel.Peak(heard.AsSpan(frame * Frame, Frame)));
        }
        Assert.True(WorstClickDb(voice, heard, lost) <= MaxClickDb, $"{WorstClickDb(voice, heard, lost):F2} dB");
    }

    [Theory, MemberData(nameof(Seeds))]
    public void First_good_frame_is_untouched_after_10_ms(int seed)
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz * 10, seed);
        var lost = Losses(voice.Length / Frame, seed, probability: 0.03, burst: 3);
        var heard = Play(voice, lost);
        for (var frame = 1; frame < lost.Length; frame++)
        {
            if (!lost[frame])
                Assert.Equal(voice[(frame * Frame + 80)..((frame + 1) * Frame)], heard[(frame * Frame + 80)..((frame + 1) * Frame)]);
        }
    }

    // None of these is at a zero where a frame ends, so silence and plain repetition click.
    [Theory]
    [InlineData(123), InlineData(337), InlineData(440), InlineData(787), InlineData(1004)]
    public void A_tone_goes_on_through_gaps_without_a_click(double frequencyHz)
    {
        var tone = Tone.Sine(RateHz, frequencyHz, RateHz * 10, 8000);
        var lost = Losses(tone.Length / Frame, seed: 7, probability: 0.03, burst: 1);
        var (heard, silenced) = (Play(tone, lost), Silence(tone, lost));
        Assert.True(AlignedSnr.Of(tone, heard, 0).Db > AlignedSnr.Of(tone, silenced, 0).Db + 6);
        Assert.True(WorstClickDb(tone, silenced, lost) > 2);
        Assert.True(WorstClickDb(tone, heard, lost) <= MaxClickDb, $"{WorstClickDb(tone, heard, lost):F2} dB");
    }

    [Fact]
    public void A_long_gap_is_held_then_fades_to_the_lines_own_noise()
    {
        var random = new Random(1);
        var noise = Enumerable.Range(0, RateHz * 2).Select(_ => (short)random.Next(-40, 41)).ToArray();
        var concealment = new WaveformConcealment(RateHz);
        Accept(concealment, noise);
        Accept(concealment, Tone.Sine(RateHz, 400, RateHz / 2, 10_000));

        var gap = new short[RateHz / 5];
        concealment.Conceal(gap);
        Assert.InRange(PcmLevel.Peak(gap.AsSpan(0, Frame)), 9900, 10_000);
        Assert.InRange(PcmLevel.Peak(gap.AsSpan(2 * Frame, Frame)), 3000, 8000);
        Assert.Equal(PcmLevel.RmsDbov(noise), PcmLevel.RmsDbov(gap.AsSpan(4 * Frame)), tolerance: 4.0);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_is_ever_louder_than_what_was_heard_before(int seed)
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz * 10, seed);
        var lost = Losses(voice.Length / Frame, seed, probability: 0.2, burst: 2);
        var heard = Play(voice, lost);
        for (var frame = 3; frame < lost.Length; frame++)
        {
            if (lost[frame])
                Assert.True(PcmLevel.Peak(heard.AsSpan(frame * Frame, Frame)) <= PcmLevel.Peak(heard.AsSpan(0, frame * Frame)[^Math.Min(frame * Frame, 1600)..]));
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void A_bridge_does_not_click_and_leaves_what_follows_untouched(int seed)
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz * 10, seed);
        var lost = Losses(voice.Length / Frame, seed, probability: 0.05, burst: 1);
        var bridged = Play(voice, lost, withBridges: true);
        Assert.True(WorstClickDb(voice, bridged, lost) <= MaxClickDb, $"{WorstClickDb(voice, bridged, lost):F2} dB");
        for (var frame = 0; frame < lost.Length; frame++)
        {
            if (!lost[frame])
                Assert.Equal(voice[(frame * Frame)..((frame + 1) * Frame)], bridged[(frame * Frame)..((frame + 1) * Frame)]);
        }
    }

    [Fact]
    public void A_bridge_is_nearer_to_real_sentences_than_a_guess_from_one_side()
    {
        double guessed = 0, bridged = 0;
        foreach (var name in SpokenVoice.Names)
        {
            var voice = SpokenVoice.Load(name, RateHz);
            var lost = Losses(voice.Length / Frame, seed: 1, probability: 0.05, burst: 1);
            guessed += LogSpectralDistance.Db(voice, Play(voice, lost), RateHz);
            bridged += LogSpectralDistance.Db(voice, Play(voice, lost, withBridges: true), RateHz);
        }
        Assert.True(bridged < 0.9 * guessed, $"{bridged / guessed:P0} of the guess's distance");
    }

    [Fact]
    public void A_bridge_to_less_than_20_ms_changes_nothing()
    {
        var concealment = new WaveformConcealment(RateHz);
        Accept(concealment, Tone.Sine(RateHz, 400, 1600));
        var gap = new short[Frame];
        concealment.Conceal(gap);
        var before = gap.ToArray();
        concealment.Bridge(gap, new short[Frame - 1]);
        Assert.Equal(before, gap);
    }

    [Fact]
    public void A_voice_that_begins_behind_a_gap_is_not_heard_before_it()
    {
        var concealment = new WaveformConcealment(RateHz);
        Accept(concealment, new short[1600]);
        var gap = new short[Frame];
        concealment.Conceal(gap);
        concealment.Bridge(gap, [.. new short[80], .. Tone.Sine(RateHz, 400, 80)]);
        Assert.All(gap, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void A_gap_before_any_audio_is_silence()
    {
        var gap = new short[Frame];
        gap.AsSpan().Fill(1);
        new WaveformConcealment(RateHz).Conceal(gap);
        Assert.All(gap, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Good_audio_alone_passes_unchanged()
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz, seed: 1);
        Assert.Equal(voice, Play(voice, new bool[voice.Length / Frame]));
    }

    [Fact]
    public void Frames_of_any_length_give_the_same_gap()
    {
        var voice = SyntheticVoice.Create(RateHz, RateHz, seed: 2);
        var (whole, pieces) = (new WaveformConcealment(RateHz), new WaveformConcealment(RateHz));
        var (gap, sameGap) = (new short[480], new short[480]);
        var (good, sameGood) = (voice[..400], voice[..400]);
        Accept(whole, voice);
        Accept(pieces, voice);

        whole.Conceal(gap);
        whole.Accept(good);
        for (var i = 0; i < 480; i += 48)
            pieces.Conceal(sameGap.AsSpan(i, 48));
        for (var i = 0; i < 400; i += 25)
            pieces.Accept(sameGood.AsSpan(i, 25));

        Assert.Equal(gap, sameGap);
        Assert.Equal(good, sameGood);
    }

    [Fact]
    public void Reset_forgets_the_past()
    {
        var concealment = new WaveformConcealment(RateHz);
        Accept(concealment, Tone.Sine(RateHz, 400, 1600));
        concealment.Reset();
        var gap = new short[Frame];
        concealment.Conceal(gap);
        Assert.All(gap, sample => Assert.Equal(0, sample));
    }

    private static void Accept(WaveformConcealment concealment, short[] audio)
    {
        foreach (var frame in audio.Chunk(Frame))
            concealment.Accept(frame);
    }

    private static short[] Play(short[] audio, bool[] lost, bool withBridges = false)
    {
        var concealment = new WaveformConcealment(RateHz);
        var heard = audio.ToArray();
        for (var frame = 0; frame < lost.Length; frame++)
        {
            var pcm = heard.AsSpan(frame * Frame, Frame);
            if (lost[frame])
                concealment.Conceal(pcm);
            if (lost[frame] && withBridges && !lost[frame + 1])
                concealment.Bridge(pcm, audio.AsSpan((frame + 1) * Frame, Frame));
            if (!lost[frame])
                concealment.Accept(pcm);
        }
        return heard;
    }

    private static double WorstClickDb(short[] clean, short[] heard, bool[] lost) =>
        Enumerable.Range(21, lost.Length - 21).Where(frame => lost[frame] != lost[frame - 1])
            .Max(frame => ClickIndex.Db(clean, heard, RateHz, frame * Frame));

    private static short[] Silence(short[] audio, bool[] lost) => [.. audio.Select((s, i) => lost[Math.Min(i / Frame, lost.Length - 1)] ? (short)0 : s)];

    private static bool[] Losses(int frames, int seed, double probability, int burst)
    {
        var random = new Random(seed);
        var lost = new bool[frames];
        for (var frame = 20; frame < frames - burst; frame++)
        {
            if (!lost[frame - 1] && random.NextDouble() < probability)
                lost.AsSpan(frame, burst).Fill(true);
        }
        return lost;
    }
}
