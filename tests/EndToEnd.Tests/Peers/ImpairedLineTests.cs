using System.Net;
using AudioMeasures.Impairments;
using Simulation.Live;
using Simulation.Prompts;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>A real softphone behind a bad network (goals B4 and B15): what it says still reaches the model as whole words, and every packet is accounted for.</summary>
[Trait("Category", "Peer"), Collection(nameof(PeerCollection))]
public sealed class ImpairedLineTests
{
    private const string Words = "answer-hours";
    private const int RateHz = 48_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly Impairment Bad = new() { Loss = 0.05, DelayMs = 20, JitterMs = 20, Reorder = 0.02 };

    // Where the service says it is, so that the network can stand before it; and where it is.
    private static readonly IPAddress Told = IPAddress.Parse("127.0.0.2");

    [Fact]
    public async Task Words_on_a_line_that_loses_delays_and_reorders_reach_the_model_whole_and_every_loss_is_counted()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        var port = PeerPorts.Take();
        await using var agent = await AgentUnderTest.StartAsync(
            new SimulatedLiveOptions { AutoAnswer = false }, ("Telephony:PublicAddress", $"{Told}"), ("Telephony:LocalNetworks:0", "none"),
            ("Telephony:Rtp:PortRange", $"{port}-{port + 1}"), ("Live:SignTimeout", "00:00:30"),
            ("Agents:Profiles:reception:Greeting", ""));   // else the caller would not be heard before it has been said
        using var signaling = new ImpairmentRelay(new IPEndPoint(Told, agent.Udp.Port), agent.Udp, Impairment.None, Impairment.None, seed: 1);
        using var media = new ImpairmentRelay(new IPEndPoint(Told, port), new IPEndPoint(IPAddress.Loopback, port), Bad, Impairment.None, seed: 4);
        var passed = 0;
        media.OnSentToFar = (_, _) => passed++;
        await using var phone = await Baresip.StartAsync(new BaresipPhone { Speech = Speech() });
        Assert.True(await phone.CallAsync($"sip:agent@{agent.Udp}", Soon), phone.Log);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.SpeechEnded, Soon);
        Assert.True(await phone.Control.CommandAsync("hangup"));
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));

        var heard = PromptRecognizer.Find(new WavFile(16_000, 1, session.CallerAudio).ToMono(8_000), PromptLibrary.Get(Words).Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(heard.IsRecognised, $"{heard}");
        Assert.Equal(EndReason.CallerHungUp, record.EndReason);
        Assert.True(media.ToFar.Lost >= 5 && media.ToFar.Held >= 1, $"{media.ToFar.Lost} lost, {media.ToFar.Held} overtaken");
        // Where the phone's packets come from is known after four of them; those that are under way at the end find nobody.
        Assert.InRange(record.Media!.PacketsReceived, passed - 12, passed);
        Assert.InRange(record.Media.PacketsLost, media.ToFar.Lost - 3, media.ToFar.Lost + media.ToFar.Held);
    }

    private static short[] Speech() =>
        [.. new short[RateHz / 2], .. new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(Words).Pcm.ToArray()).ToMono(RateHz)];
}
