using Support;
using Support.Audio;
using Telephony.Codecs;
using VoiceAgent.Audio;

namespace VoiceAgent.Tests.Audio;

/// <summary>What is heard of whoever answers, on synthetic voices as a telephone line passes them on.</summary>
public sealed class AnswerCadenceTests
{
    private const int RateHz = 16_000;
    private const int FrameSamples = RateHz / 50;

    private readonly List<string> _heard = [];
    private readonly Random _random = new(7);
    private readonly CallerSpeech _speech;
    private int _atMs;

    public AnswerCadenceTests() => _speech = new CallerSpeech(new ManualTimeProvider())
    {
        Cadence = new AnswerCadence { Heard = hint => _heard.Add(hint == CadenceHint.Person ? "person" : hint == CadenceHint.Voicemail ? "voicemail" : "beep") },
    };

    /// <summary>Script: v is voice, p a pause, b a tone of 1 kHz, n a number of ms; tHZ: a tone of that frequency; dA+B: two tones.</summary>
    [Theory]
    [InlineData("p600 v700 p1200", "person")]
    [InlineData("p100 v300 p1100", "person")]
    [InlineData("p600 v1400 p400 v1000 p1200", "person")]                       // "Miller here, hello?"
    [InlineData("p800 v3000 p500 v3000 p900 v4000 p1500", "voicemail")]         // pauses between sentences are no end
    [InlineData("p800 v6000 p400 b500 p2000", "voicemail beep")]
    [InlineData("p800 v6000 t440:400 p2000", "voicemail beep")]
    [InlineData("p300 v1500 p1500 v1500 p300 t1400:300 p900", "person beep")]   // a short machine is known by its beep
    [InlineData("p300 v6000 p300 t2000:200 p900", "voicemail beep")]
    [InlineData("p300 v6000 p310 b150 p900", "voicemail beep")]
    [InlineData("p300 v6000 p300 b80 p900", "voicemail")]                       // too short
    [InlineData("p300 v6000 p300 b4000 p900", "voicemail")]                     // a fax or a dial tone
    [InlineData("p300 v6000 p300 d697+1209:300 p900", "voicemail")]             // a key
    [InlineData("p300 v700 p1200 t425:1000 p4000 t425:1000 p500", "person")]    // is being put through
    [InlineData("p500 b500 p3000", "")]                                         // a tone without any word
    [InlineData("p500 t950:330 t1400:330 t1800:330 p6000", "")]                 // the network's own tones
    [InlineData("p9000", "")]
    [InlineData("p7000 v700 p1500", "")]                                        // answers the agent, not the telephone
    [InlineData("p500 v80 p1500", "")]                                          // a click
    [InlineData("p500 v80 p1500 v700 p1200", "person")]
    [InlineData("p500 v3500 p1500", "")]                                        // between both: nothing is guessed
    public void Greetings_and_beeps_are_told_apart(string script, string heard)
    {
        for (var voice = 1; voice <= 3; voice++)
        {
            var run = new AnswerCadenceTests();
            run.Play(script, voice);
            Assert.Equal(heard, string.Join(' ', run._heard));
        }
    }

    [Fact]
    public void Voices_are_no_beeps()
    {
        for (var voice = 1; voice <= 40; voice++)
            Play("v8000 p400", voice);
        Assert.Equal(["voicemail"], _heard);
    }

    [Fact]
    public void Beeps_of_every_pitch_and_phase_are_heard_when_they_end()
    {
        for (var hz = 470; hz <= 2_000; hz += 45)
        {
            var run = new AnswerCadenceTests();
            run.Play($"p{200 + hz % 20} v600 p1300 t{hz}:{150 + hz % 70}", voice: 1);
            Assert.Equal(["person"], run._heard);
            run.Play("p60", voice: 1);
            Assert.Equal(["person", "beep"], run._heard);
        }
    }

    [Fact]
    public void A_line_that_beeps_on_and_on_is_told_three_times()
    {
        Play("v600 p1200", 1);
        for (var i = 0; i < 10; i++)
            Play("b300 p500", 1);
        Assert.Equal(["person", "beep", "beep", "beep"], _heard);
    }

    [Fact]
    public void Listening_allocates_nothing()
    {
        var frame = Tone.Sine(RateHz, 1_000, FrameSamples, 8_000);
        var cadence = new AnswerCadence { Heard = _ => { } };
        Assert.Equal(0, Allocations.Of(() => cadence.Take(frame, isLoud: true)));
    }

    private void Play(string script, int voice)
    {
        foreach (var step in script.Split(' '))
        {
            var pcm = Make(step, voice);
            for (var i = 0; i < pcm.Length; i++)   // noise of the line, and G.711
                pcm[i] = G711.DecodeMuLaw(G711.EncodeMuLaw((short)(pcm[i] + _random.Next(-30, 31))));
            _speech.Take(pcm, echoRms: 0);
            _atMs += pcm.Length * 1_000 / RateHz;
        }
    }

    private static short[] Make(string step, int voice)
    {
        var parts = step[1..].Split(':');
        var samples = int.Parse(parts[^1]) * RateHz / 1_000;
        switch (step[0])
        {
            case 'v': return SyntheticVoice.Create(RateHz, samples, voice);
            case 'b': return Tone.Sine(RateHz, 1_000, samples, 6_000);
            case 't': return Tone.Sine(RateHz, int.Parse(parts[0]), samples, 6_000);
            case 'd':
                var pair = parts[0].Split('+');
                return [.. Tone.Sine(RateHz, int.Parse(pair[0]), samples, 4_000).Zip(Tone.Sine(RateHz, int.Parse(pair[1]), samples, 4_000), (a, b) => (short)(a + b))];
            default: return new short[samples];
        }
    }
}
