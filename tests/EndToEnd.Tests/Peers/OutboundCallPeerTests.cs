using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Simulation.Prompts;
using Support;
using Telephony.Audio;
using VoiceAgent.Calls;

namespace EndToEnd.Tests.Peers;

/// <summary>Calls that the service makes to foreign SIP stacks, asked for over HTTP.</summary>
[Trait("Category", "Peer")]
public sealed class OutboundCallPeerTests
{
    private const string Key = "a-key-of-sixteen-characters";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Sipp_answers_hears_the_greeting_and_is_hung_up_on()
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        var port = PeerPorts.Take();
        var sipp = Sipp.BeCalledAsync("callee-answers", port, Soon);
        using var http = Client(agent);
        var id = await DialAsync(http, $"sip:bob@127.0.0.1:{port}", new { order = "4711" });

        await UntilAsync(http, id, status => status.GetProperty("state").GetString() == "Answered");
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Accepted, (await http.DeleteAsync($"/calls/{id}")).StatusCode);
        (await sipp).MustSucceed();

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((CallDirection.Outbound, DialResult.Answered, EndReason.AgentHungUp), (record.Direction, record.Result, record.EndReason));
        Assert.True(record.HasRung);
        Assert.True(record.AgentAudioPlayedMs > 500, $"{record.AgentAudioPlayedMs} ms of the agent");
        Assert.True(record.Media!.PacketsReceived > 20, "sipp echoes what it hears");
        Assert.Contains("order: 4711", Assert.Single(agent.Live.Sessions).Messages[0].Json, StringComparison.Ordinal);
        Assert.Equal("Ended", (await StatusAsync(http, id)).GetProperty("state").GetString());
    }

    [Theory, InlineData("callee-busy", 30, DialResult.Busy, 486), InlineData("callee-rings", 1.5, DialResult.NoAnswer, 408)]
    public async Task Sipp_that_is_busy_or_never_answers_is_told_in_the_result(string scenario, double ringSeconds, DialResult result, int status)
    {
        Assert.SkipUnless(Sipp.IsInstalled, Sipp.Missing);
        await using var agent = await StartAsync();
        var port = PeerPorts.Take();
        var sipp = Sipp.BeCalledAsync(scenario, port, Soon);
        using var http = Client(agent);
        var id = await DialAsync(http, $"sip:bob@127.0.0.1:{port}", ringSeconds: ringSeconds);

        (await sipp).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((result, status), (record.Result, record.RefusalStatus!.Value));
        Assert.Null(record.AnsweredAfterMs);
        await agent.WhenIdleAsync();
        Assert.Equal(result.ToString(), (await StatusAsync(http, id)).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Baresip_is_called_and_both_sides_hear_each_other()
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        var question = PromptLibrary.Get("answer-hours");
        await using var phone = await Baresip.StartAsync(new BaresipPhone { AnswersCalls = true, Codecs = "PCMU", Speech = Speech(question.Pcm.Span) });
        await using var agent = await StartAsync();
        using var http = Client(agent);
        var id = await DialAsync(http, $"sip:phone@{phone.Udp}");
        await UntilAsync(http, id, status => status.GetProperty("state").GetString() == "Answered");
        await Task.Delay(TimeSpan.FromSeconds(8));
        await http.DeleteAsync($"/calls/{id}");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal(DialResult.Answered, record.Result);

        var heard = new WavFile(16_000, 1, Assert.Single(agent.Live.Sessions).CallerAudio).ToMono(8000);
        var said = PromptRecognizer.Find(heard, question.Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(said.IsRecognised, $"the model heard: {said}");
        var greeting = PromptRecognizer.Find(phone.Heard(), PromptLibrary.Get("greeting").Pcm.Span, PromptLibrary.SampleRateHz);
        Assert.True(greeting.IsRecognised, $"baresip heard: {greeting}\n{phone.Log[^Math.Min(phone.Log.Length, 2000)..]}");
    }

    /// <summary>A30: of three devices one rings on, one answers and one answers a little later.</summary>
    [Fact]
    public async Task Kamailio_forks_to_three_devices_and_one_call_is_kept()
    {
        Assert.SkipUnless(Sipp.IsInstalled && Kamailio.IsInstalled, $"{Sipp.Missing} {Kamailio.Missing}");
        await using var agent = await StartAsync();
        int[] ports = [PeerPorts.Take(), PeerPorts.Take(), PeerPorts.Take()];
        var rings = Sipp.BeCalledAsync("callee-rings", ports[0], Soon);
        var wins = Sipp.BeCalledAsync("callee-answers", ports[1], Soon);
        var loses = Sipp.BeCalledAsync("callee-answers-late", ports[2], Soon);
        await Sipp.ListeningAsync(ports);
        await using var proxy = await KamailioFork.StartAsync(ports);
        using var http = Client(agent);
        var id = await DialAsync(http, $"sip:bob@{proxy.Udp}");

        (await rings).MustSucceed();
        var lost = (await loses).MustSucceed();
        Assert.InRange(lost.TimeBetween("ACK ", "BYE "), TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(wins.IsCompleted, "the call that was answered first goes on");
        Assert.Equal("Answered", (await StatusAsync(http, id)).GetProperty("state").GetString());
        await http.DeleteAsync($"/calls/{id}");
        (await wins).MustSucceed();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((DialResult.Answered, EndReason.AgentHungUp), (record.Result, record.EndReason));
        Assert.True(record.AgentAudioPlayedMs > 200, $"{record.AgentAudioPlayedMs} ms of the agent");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Baresip_as_a_person_and_as_an_answering_machine_is_known_by_what_it_plays(bool isMachine)
    {
        Assert.SkipUnless(Baresip.IsInstalled, Baresip.Missing);
        short[] speech = isMachine
            ? [.. Wideband("story")[..(6 * 48_000)], .. new short[24_000], .. Tone.Sine(48_000, 1_000, 20_000, 6_000)]
            : Wideband("caller-order");
        await using var phone = await Baresip.StartAsync(new BaresipPhone { AnswersCalls = true, Codecs = "PCMU", Speech = [.. new short[24_000], .. speech] });
        await using var agent = await StartAsync(("Agents:Profiles:reception:OutboundGreeting", ""));   // lets the other side speak first
        using var http = Client(agent);
        var id = await DialAsync(http, $"sip:phone@{phone.Udp}");
        var last = isMachine ? "Beep" : "Cadence";
        await UntilAsync(http, id, status => status.TryGetProperty("answerHints", out var hints) && hints[hints.GetArrayLength() - 1].GetProperty("source").GetString() == last);
        await http.DeleteAsync($"/calls/{id}");

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        AnswerSource[] expected = isMachine ? [AnswerSource.Cadence, AnswerSource.Beep] : [AnswerSource.Cadence];
        Assert.Equal(expected, record.AnswerHints.Select(hint => hint.Source));
        Assert.Equal(isMachine ? AnsweredBy.Voicemail : AnsweredBy.Person, record.AnsweredBy);
        Assert.Equal(isMachine, Assert.Single(agent.Live.Sessions).Messages.Any(message => message.Json.Contains("leave your message now", StringComparison.Ordinal)));
    }

    private static short[] Wideband(string prompt) => new WavFile(PromptLibrary.SampleRateHz, 1, PromptLibrary.Get(prompt).Pcm.ToArray()).ToMono(48_000);

    // It says it once the greeting is over.
    private static short[] Speech(ReadOnlySpan<short> pcm) => [.. new short[4 * 48_000], .. new WavFile(PromptLibrary.SampleRateHz, 1, pcm.ToArray()).ToMono(48_000)];

    private static Task<AgentUnderTest> StartAsync(params (string Key, string? Value)[] settings) => AgentUnderTest.StartAsync(null,
        [("Http:ApiKey", Key), ("Telephony:Outbound:Allow:0", "*@127.0.0.1:*"), .. settings]);

    private static HttpClient Client(AgentUnderTest agent) =>
        new() { BaseAddress = agent.Http, DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };

    private static async Task<string> DialAsync(HttpClient http, string to, object? metadata = null, double ringSeconds = 30)
    {
        using var answer = await http.PostAsJsonAsync("/calls", new { to, metadata, ringTimeoutSeconds = ringSeconds });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> StatusAsync(HttpClient http, string id) => await http.GetFromJsonAsync<JsonElement>($"/calls/{id}");

    private static async Task UntilAsync(HttpClient http, string id, Func<JsonElement, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Soon);
        JsonElement status;
        while (!isSo(status = await StatusAsync(http, id)))
        {
            Assert.False(limit.IsCancellationRequested, $"{status}");
            await Task.Delay(50);
        }
    }
}
