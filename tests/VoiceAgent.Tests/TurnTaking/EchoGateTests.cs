using AudioMeasures.Impairments;
using Simulation.Prompts;
using Telephony.Audio;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>Goal B13: the agent's voice that comes back neither holds the agent nor reaches the model, and a caller who talks over it does both.</summary>
public sealed class EchoGateTests(ITestOutputHelper output)
{
    private const int FrameSamples = 160;

    // What the service's detection takes for speech: so much in a row, at this level.
    private const double SpeechDbov = -48;
    private const int SpeechFrames = 6;

    private static readonly Impairment BadNetwork = new() { JitterMs = 30, Loss = 0.02, Reorder = 0.02 };

    private static readonly double AgentDbov = PcmLevel.RmsDbov(PromptLibrary.Get("story").Pcm.Span);

    /// <summary>How much softer the echo is, its delay, and whether the network is bad.</summary>
    public static TheoryData<int, int, bool> Lines =>
        new(from lossDb in new[] { 6, 10, 20 } from delayMs in new[] { 20, 150, 300 } from isBad in new[] { false, true } select (lossDb, delayMs, isBad));

    [Theory, MemberData(nameof(Lines))]
    public void Ten_minutes_of_echo_hold_nothing_and_are_no_speech_to_the_service(int lossDb, int delayMs, bool isBad)
    {
        var line = new EchoLine(delayMs, lossDb, isBad ? BadNetwork : null);
        line.Run(3_000);   // the greeting, while the model does not listen
        line.Sent.Clear();
        var learning = line.SpeakingFrames;
        line.Run(600_000);
        // What stands in for a lost packet may last longer than the agent did: now and then it is waited for a caller, or a fifth of a second goes up.
        Assert.Equal(0, line.MarkedTurns);
        output.WriteLine($"{lossDb} dB, {delayMs} ms, {(isBad ? "bad" : "good")} network: {line.Pause.Unconfirmed} pauses, {Utterances(line.Sent)} sounds to the service");
        var most = isBad ? 3 : 0;
        Assert.InRange(line.SpeakingFrames - learning, 0, 20 * most);
        Assert.InRange(line.Pause.Unconfirmed, 0, most);
        Assert.InRange(Utterances(line.Sent), 0, most);
    }

    [Theory, MemberData(nameof(Lines))]
    public void Caller_as_loud_as_the_agent_is_noticed_within_200_ms_and_reaches_the_service(int lossDb, int delayMs, bool isBad)
    {
        var times = TimesToNotice(() => new EchoLine(delayMs, lossDb, isBad ? BadNetwork : null));
        output.WriteLine($"{lossDb} dB, {delayMs} ms, {(isBad ? "bad" : "good")} network: {string.Join(' ', times)} ms");
        Assert.InRange(times[times.Count / 2], 0, isBad ? 140 : 120);
        Assert.InRange(times[^1], 0, 200);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(150)]
    [InlineData(300)]
    public void Room_of_6_dB_loss_over_G711_holds_nothing_and_hides_no_caller_as_loud_as_the_agent(int delayMs)
    {
        var echo = Line();
        echo.Run(3_000);
        echo.Run(60_000);
        Assert.Equal((0, 0), (echo.PausedFrames, echo.MarkedTurns));
        var times = TimesToNotice(Line);
        output.WriteLine($"room, {delayMs} ms: {string.Join(' ', times)} ms");
        Assert.InRange(times[times.Count / 2], 0, 120);
        Assert.InRange(times[^1], 0, 200);

        EchoLine Line() => new(delayMs, lossDb: 6, new Impairment(), EchoRoom.Create(seed: delayMs));
    }

    // A late tick, keys, a caller who holds us: the agent's sound is not read meanwhile, and the echo is to be found again.
    [Theory]
    [InlineData(20, 60)]
    [InlineData(20, 1_000)]
    [InlineData(150, 1_000)]
    [InlineData(150, 40_000)]
    public void Caller_under_the_echo_is_noticed_after_the_line_was_taken_from_the_agent(int delayMs, int takenMs)
    {
        var times = TimesToNotice(() =>
        {
            var line = new EchoLine(delayMs, lossDb: 6);
            line.Run(9_000);
            line.TakeLine(takenMs);
            return line;
        });
        output.WriteLine($"{delayMs} ms, taken for {takenMs} ms: {string.Join(' ', times)} ms");
        Assert.InRange(times[^1], 0, 200);
    }

    // Whoever is heard first of fifteen comes first.
    private static List<double> TimesToNotice(Func<EchoLine> lineOf)
    {
        var times = new List<double>();
        foreach (var name in new[] { "caller-booking", "caller-order", "caller-question" })
        {
            var words = CallerWords.Load(PromptLibrary.Get(name), AgentDbov)[..CallerSounds.Samples(700)];
            for (var pass = 0; pass < 5; pass++)
            {
                var line = lineOf();
                line.Run(9_000 + pass * 140);
                line.Sent.Clear();
                times.Add(line.Run(1_000, words) ?? 1_000);
                Assert.True(Utterances(line.Sent) > 0, $"{name} {pass} was not heard by the service");
            }
        }
        times.Sort();
        return times;
    }

    [Theory]
    [InlineData(10, -10)]
    [InlineData(10, -7)]
    [InlineData(20, -20)]
    [InlineData(20, -17)]
    public void Caller_who_has_talked_along_is_not_learned_as_echo(int lossDb, int alongDb)
    {
        var softDbov = AgentDbov - lossDb + 6;
        Assert.InRange(Heard(alongDb), Heard(null) - 3, int.MaxValue);

        int Heard(int? alongDb)
        {
            var line = new EchoLine(100, lossDb);
            line.Run(9_000);
            line.Run(6_000, alongDb is { } db ? Talk(AgentDbov + db) : null);
            line.Run(3_000);
            var before = line.SpeakingFrames;
            line.Run(2_500, CallerWords.Load(PromptLibrary.Get("caller-booking"), softDbov));
            return line.SpeakingFrames - before;
        }
    }

    private static short[] Talk(double dbov) =>
        [.. CallerWords.Load(PromptLibrary.Get("caller-booking"), dbov), .. CallerWords.Load(PromptLibrary.Get("caller-order"), dbov), .. CallerWords.Load(PromptLibrary.Get("caller-question"), dbov)];

    [Fact]
    public void Caller_far_softer_than_the_agent_is_heard_to_speak_on_a_line_without_echo()
    {
        var softDbov = PcmLevel.RmsDbov(PromptLibrary.Get("story").Pcm.Span) - 12;
        short[] words = [.. CallerWords.Load(PromptLibrary.Get("caller-booking"), softDbov), .. CallerWords.Load(PromptLibrary.Get("caller-order"), softDbov)];
        var line = new EchoLine(delayMs: 20, lossDb: 90);
        line.Run(9_000);
        Assert.Equal(0, line.SpeakingFrames);
        line.Run(4_000, words);
        Assert.InRange(line.SpeakingFrames, 150, 200);
    }

    [Fact]
    public void Line_without_echo_goes_up_bit_by_bit()
    {
        var line = new EchoLine(delayMs: 20, lossDb: 90);
        var words = CallerWords.Load(PromptLibrary.Get("caller-booking"), -30);
        var room = new CallerSounds(2).Room(10_000);
        line.Run(4_000, words);
        for (var i = 0; i < line.Sent.Count; i++)
            Assert.InRange(line.Sent[i] - (room[i % room.Length] + (i < words.Length ? words[i] : 0)), -1, 1);
    }

    private static int Utterances(List<short> pcm)
    {
        int utterances = 0, voiced = 0;
        for (var at = 0; at + FrameSamples <= pcm.Count; at += FrameSamples)
        {
            var isVoiced = PcmLevel.RmsDbov(pcm.GetRange(at, FrameSamples).ToArray()) > SpeechDbov;
            voiced = Math.Clamp(voiced + (isVoiced ? 1 : -1), 0, SpeechFrames);
            if (voiced < SpeechFrames)
                continue;
            (utterances, voiced) = (utterances + 1, 0);
        }
        return utterances;
    }
}
