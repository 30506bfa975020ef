using System.Net.Http.Json;
using System.Text.Json;
using Simulation.Live;
using Support;
using Telephony.Codecs;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>A24, client side: a callee that is heard before it answers (183 with PRACK), moves its media by UPDATE meanwhile, and answers without a description.</summary>
[Trait("Category", "Peer")]
public sealed class EarlyMediaOutboundTests
{
    private const string Key = "a-key-of-sixteen-characters";
    private const int ModelRateHz = 24_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Sipp_gets_silence_before_it_answers_and_the_agent_where_its_UPDATE_said()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, ("Http:ApiKey", Key), ("Telephony:Outbound:Allow:0", "*@127.0.0.1:*"));
        await using var early = new ToneListener();
        await using var late = new ToneListener();
        var port = PeerPorts.Take();
        var sipp = Sipp.BeCalledAsync("callee-heard-early", port, Soon, ("EARLYPORT", $"{early.Port}"), ("LATEPORT", $"{late.Port}"));
        await Sipp.ListeningAsync(port);
        using var http = new HttpClient { BaseAddress = agent.Http, DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };
        using var order = await http.PostAsJsonAsync("/calls", new { to = $"sip:bob@127.0.0.1:{port}" });
        var id = (await order.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(ModelRateHz, ToneCall.FrequencyHz, ModelRateHz * 6 / 5, ToneCall.Amplitude));
        await Task.Delay(TimeSpan.FromSeconds(2));   // until all of it is heard
        await http.DeleteAsync($"/calls/{id}");

        (await sipp).MustSucceed();
        Assert.Equal(DialResult.Answered, Assert.Single(await agent.WaitForRecordsAsync(1)).Result);
        Assert.NotEmpty(early.Heard(CodecCatalog.Pcmu));
        Assert.All(early.Heard(CodecCatalog.Pcmu), sample => Assert.InRange(sample, -10, 10));
        Assert.InRange(ToneCall.LevelDb(late.Heard(CodecCatalog.Pcmu), 8_000), -0.5, 0.5);
    }
}
