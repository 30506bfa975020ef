using Support;
using Support.Audio;
using Telephony.Audio;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Consultations;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Callers on a quiet line, as the model hears them.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class QuietLineTests
{
    private const int Rate = 16_000;

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    public async Task Model_hears_them_louder_where_the_agent_says_so(double mostDb)
    {
        var voice = QuietVoice(seconds: 10);
        await using var call = new VirtualCall(agent: new AgentProfile { Greeting = "", QuietLineGainDb = mostDb });
        call.Start();
        call.Line.Say(voice);
        call.Run(9_500);
        var heard = call.Session.CallerAudio;
        var addedDb = PcmLevel.RmsDbov(heard.AsSpan(^(2 * Rate)..)) - PcmLevel.RmsDbov(voice);
        Assert.InRange(addedDb, mostDb - 2.5, mostDb + 2.5);
    }

    [Fact]
    public async Task Caller_who_is_back_from_somebody_else_is_as_loud_to_the_model_as_before()
    {
        var voice = QuietVoice(seconds: 10);
        await using var call = new VirtualCall(agent: new AgentProfile { Greeting = "", QuietLineGainDb = 12 });
        call.Start();
        call.Line.Say(voice);
        call.Run(10_000);
        var agent = call.Session;
        Join(call).HangUp();
        call.RunUntil(() => call.State == CallState.Listening, 2_000);
        call.Line.Say(voice[..Rate]);
        call.Run(1_000);
        var addedDb = PcmLevel.RmsDbov(agent.CallerAudio.AsSpan(^(Rate / 2)..)) - PcmLevel.RmsDbov(voice);
        Assert.InRange(addedDb, 9, 15);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(20.5)]
    [InlineData(double.NaN)]
    public void Impossible_gain_is_refused_with_its_key_and_what_is_possible(double mostDb)
    {
        var options = new AgentOptions { Profiles = { ["reception"] = new AgentProfile { QuietLineGainDb = mostDb } } };
        var failure = Assert.Single(new AgentOptionsValidator().Validate(null, options).Failures!);
        Assert.StartsWith("Agents:Profiles:reception:QuietLineGainDb = ", failure, StringComparison.Ordinal);
        Assert.EndsWith("use 0 (off) to 20 dB.", failure, StringComparison.Ordinal);
    }

    private static VirtualLine Join(VirtualCall call)
    {
        var sentence = Tone.Sine(24_000, 500, 24_000, 6_000);
        call.Do(call.Session.SayAsync(sentence, "I ask them."));
        call.Run(300);
        _ = call.Control.TransferAsync("sales", new TransferOption { Target = "+49301234567", Mode = TransferMode.Attended }, "", default);
        call.RunUntil(() => call.Persons.Count > 0, 4_000);
        call.Persons[0].PickUp();
        call.Run(500);
        call.Do(call.Session.SayAsync(sentence, "I have a caller for you."));
        call.Run(1_500);
        call.Do(call.Session.CallToolAsync(BriefingWords.Accept));
        call.RunUntil(() => call.State == CallState.Joined, 5_000);
        call.Run(200);
        return call.Persons[0];
    }

    // -45 dBov, the same in every second.
    private static short[] QuietVoice(int seconds)
    {
        var voice = SyntheticVoice.Create(Rate, seconds * Rate, seed: 4);
        var scale = Math.Pow(10, (-45 - PcmLevel.RmsDbov(voice)) / 20);
        return [.. voice.Select(sample => (short)Math.Round(sample * scale))];
    }
}
