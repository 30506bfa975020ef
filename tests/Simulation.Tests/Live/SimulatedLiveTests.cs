using System.Text.Json;
using Simulation.Live;
using Simulation.Prompts;
using Support;

namespace Simulation.Tests.Live;

/// <summary>Whole turns against the default behaviour, on a clock that the test moves.</summary>
public sealed class SimulatedLiveTests
{
    private const string Greet = """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"(Greet the caller.)"}]}],"turnComplete":true}}""";

    private static readonly short[] Speech = Tone.Sine(16_000, 300, 16_000);
    private static readonly short[] Silence = new short[16_000];

    [Fact]
    public async Task Greeting_comes_as_audio_and_words_and_the_turn_ends_with_its_playing_time()
    {
        var clock = new ManualTimeProvider();
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, clock);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, TimeSpan.FromSeconds(5));
        await client.SendAsync(Greet);

        await session.WaitForAsync(SessionEventKind.GenerationStarted, TimeSpan.FromSeconds(5));
        await session.SettleAsync();
        clock.Advance(TimeSpan.FromMilliseconds(10));
        var messages = new List<JsonElement>();
        await client.ReceiveAsync("generationComplete", messages);
        var greeting = PromptLibrary.Get("greeting");
        Assert.Equal(greeting.Pcm.Length * 2, messages.Sum(AudioBytes));
        Assert.Equal(greeting.Transcript, string.Concat(messages.Select(Words)));

        Assert.True((await client.ReceiveAsync("sessionResumptionUpdate")).GetProperty("resumable").GetBoolean());
        await session.SettleAsync();
        clock.Advance(greeting.Duration - TimeSpan.FromMilliseconds(200));
        await session.SettleAsync();
        Assert.DoesNotContain(session.Events, e => e.Kind == SessionEventKind.TurnCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.True((await client.ReceiveAsync("turnComplete")).GetBoolean());
    }

    [Fact]
    public async Task Caller_who_speaks_and_pauses_is_transcribed_and_answered()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        await client.SendAudioAsync(Silence);
        await client.SendAudioAsync(Speech);
        await client.SendAudioAsync(Silence);

        Assert.Equal(" (caller spoke for 1.0 s)", (await client.ReceiveAsync("inputTranscription")).GetProperty("text").GetString());
        Assert.True(AudioBytesOf(await client.ReceiveAsync("modelTurn")) > 0);
    }

    private static int AudioBytes(JsonElement message) => Content(message, "modelTurn") is { } turn ? AudioBytesOf(turn) : 0;

    private static int AudioBytesOf(JsonElement modelTurn) => modelTurn.GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetBytesFromBase64().Length;

    private static string Words(JsonElement message) => Content(message, "outputTranscription") is { } words ? words.GetProperty("text").GetString()! : "";

    private static JsonElement? Content(JsonElement message, string key) =>
        message.TryGetProperty("serverContent", out var content) && content.TryGetProperty(key, out var value) ? value : null;
}
