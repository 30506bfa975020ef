using System.Text.Json;
using Simulation.Live;
using Support;
using Telephony.Audio;

namespace Simulation.Tests.Live;

/// <summary>Every step of a script, seen from the client.</summary>
public sealed class ScriptTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Waits_take_what_happened_since_the_wait_before()
    {
        await using var server = await StartAsync("""
            { "do": "waitForText", "contains": "greet" }, { "do": "say", "prompt": "how-can-i-help" }, { "do": "waitForSpeech", "edge": "start" },
            { "do": "waitForSpeech" }, { "do": "transcript", "text": " Hello" }, { "do": "callTool", "name": "look", "args": { "a": 1 }, "id": "t1" },
            { "do": "waitForToolResponse", "id": "t1", "name": "look" }, { "do": "say", "prompt": "result", "until": "started" }
            """);
        await using var client = await RawLiveClient.OpenAsync(server);
        await client.SendAsync("""{"realtimeInput":{"text":"please greet"}}""");
        await client.ReceiveAsync("modelTurn");
        await client.ReceiveAsync("turnComplete");
        await client.SendAudioAsync(Tone.Sine(16_000, 300, 16_000));
        await client.SendAudioAsync(new short[16_000]);
        Assert.Equal(" Hello", (await client.ReceiveAsync("inputTranscription")).GetProperty("text").GetString());
        await client.ReceiveAsync("toolCall");
        await client.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"t1","name":"look","response":{}}]}}""");
        await client.ReceiveAsync("modelTurn");
        await server.Sessions[0].WaitForAsync(SessionEventKind.ScriptFinished, Patience);
    }

    [Fact]
    public async Task Wait_in_vain_ends_the_script_and_tells_what_for()
    {
        await using var server = await StartAsync("""{ "do": "waitForText", "contains": "x", "timeoutMs": 10 }, { "do": "close", "code": 1000 }""");
        await using var client = await RawLiveClient.OpenAsync(server);
        var failure = await server.Sessions[0].WaitForAsync(SessionEventKind.ScriptFailed, Patience);
        Assert.Equal("waited in vain for a text with \"x\": 0.01 s", failure.Text);
    }

    [Fact]
    public async Task Endless_script_ends_with_its_session()
    {
        await using var server = await StartAsync("""{ "do": "say", "tone": { "hz": 440, "ms": 1000 } }, { "do": "repeat" }""");
        await using (var client = await RawLiveClient.OpenAsync(server))
            await client.ReceiveAsync("modelTurn");
        await server.Sessions[0].Closed.WaitAsync(Patience);
        Assert.Equal(0, server.OpenSessions);
    }

    [Fact]
    public async Task Say_interrupt_stale_and_cancel_look_like_a_caller_who_cut_in()
    {
        await using var server = await StartAsync("""
            { "do": "sendStale", "ms": 100 }, { "do": "callTool", "name": "a", "id": "x" }, { "do": "say", "prompt": "story", "until": "started" }, { "do": "interrupt" },
            { "do": "cancelTool" }
            """);
        await using var client = await RawLiveClient.OpenAsync(server);
        await client.ReceiveAsync("interrupted");
        var stale = await client.ReceiveAsync("modelTurn");
        Assert.Equal(4_800, stale.GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetBytesFromBase64().Length);
        await client.ReceiveAsync("turnComplete");
        Assert.Equal("x", (await client.ReceiveAsync("toolCallCancellation")).GetProperty("ids")[0].GetString());
    }

    [Fact]
    public async Task Slow_first_byte_holds_the_first_chunk_back()
    {
        var clock = new ManualTimeProvider();
        await using var server = await StartAsync("""{ "do": "slowFirstByte", "ms": 700 }, { "do": "say", "tone": { "hz": 440, "ms": 1000 }, "until": "started" }""", clock);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = server.Sessions[0];
        Assert.Equal(700, await AdvanceUntilAsync(clock, session, () => session.SentChunks.Count == 1), tolerance: 20.0);
    }

    [Fact]
    public async Task Stall_holds_the_rest_of_a_speech_back()
    {
        var script = LiveScript.Parse("""{ "sessions": [ { "steps": [ { "do": "say", "prompt": "story", "until": "started" }, { "do": "stall", "ms": 900 } ] } ] }""");
        await using var server = await SimulatedLive.StartAsync(new() { Script = script, Pace = 1, ChunkBytes = [24_000] }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        await client.ReceiveAsync("modelTurn");
        await client.ReceiveAsync("modelTurn");
        var chunks = server.Sessions[0].SentChunks;
        Assert.InRange(TimeProvider.System.GetElapsedTime(chunks[0].Timestamp, chunks[1].Timestamp).TotalMilliseconds, 890, 5_000);   // 500 without
    }

    [Fact]
    public async Task GoAway_is_followed_by_the_close()
    {
        await using var server = await StartAsync("""{ "do": "goAway", "timeLeftMs": 50 }""");
        await using var client = await RawLiveClient.OpenAsync(server);
        Assert.Equal("0.05s", (await client.ReceiveAsync("goAway")).GetProperty("timeLeft").GetString());
        Assert.Equal(1011, (await client.ReceiveCloseAsync()).Code);
    }

    [Theory]
    [InlineData("""{ "do": "close", "code": 1012, "reason": "restart" }""", 1012, "restart")]
    [InlineData("""{ "do": "refuseSetup", "code": 1008, "reason": "no" }""", 1008, "no")]
    [InlineData("""{ "do": "abort" }""", 1006, "")]
    [InlineData("""{ "do": "abort" }, { "do": "acceptSetup" }""", 1006, "")]
    public async Task Connection_ends_as_the_script_says(string step, int code, string reason)
    {
        await using var server = await StartAsync(step);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint);
        await client.SendAsync(RawLiveClient.Setup38);
        Assert.Equal((code, reason), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Garbage_is_sent_as_it_is()
    {
        await using var server = await StartAsync("""{ "do": "garbage", "text": "[1" }, { "do": "close", "code": 1000 }""");
        await using var client = await RawLiveClient.OpenAsync(server);
        await Assert.ThrowsAnyAsync<JsonException>(client.ReceiveAsync);
        Assert.Equal("[1", client.LastText);
    }

    [Fact]
    public async Task Repeat_goes_back_as_often_as_asked()
    {
        await using var server = await StartAsync("""{ "do": "waitForText" }, { "do": "transcript", "text": "t" }, { "do": "repeat", "times": 2 }, { "do": "close", "code": 1000 }""");
        await using var client = await RawLiveClient.OpenAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("""{"realtimeInput":{"text":"a"}}""");
            await client.ReceiveAsync("inputTranscription");
        }
        Assert.Equal(1000, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Wav_beside_the_script_is_brought_to_24_kHz()
    {
        var directory = Directory.CreateTempSubdirectory();
        new WavFile(8_000, 1, Tone.Sine(8_000, 440, 8_000)).Write(Path.Combine(directory.FullName, "tone.wav"));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "script.json"), """{ "sessions": [ { "steps": [ { "do": "say", "wav": "tone.wav", "until": "generated" } ] } ] }""");
        Assert.True(LiveScript.TryLoad(Path.Combine(directory.FullName, "script.json"), out var script, out _));
        await using var server = await SimulatedLive.StartAsync(new() { Script = script, Pace = 1_000 }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        await server.Sessions[0].WaitForAsync(SessionEventKind.GenerationCompleted, Patience);
        Assert.InRange(server.Sessions[0].SentChunks.Sum(chunk => chunk.Bytes), 47_000, 49_000);
        directory.Delete(recursive: true);
    }

    private static Task<SimulatedLive> StartAsync(string steps, TimeProvider? clock = null) => SimulatedLive.StartAsync(
        new() { Script = LiveScript.Parse($$"""{ "sessions": [ { "steps": [ {{steps}} ] } ] }""") }, clock ?? TimeProvider.System);

    /// <summary>Milliseconds of the test's clock until the condition holds.</summary>
    private static async Task<int> AdvanceUntilAsync(ManualTimeProvider clock, SimulatedSession session, Func<bool> condition)
    {
        for (var ms = 0; ms < 20_000; ms += 10)
        {
            // Twice through the session's mailbox: the step that a due time set free has sent its command too.
            for (var i = 0; i < 5 && !condition(); i++)
            {
                await session.SettleAsync();
                await Task.Yield();
            }
            if (condition())
                return ms;
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        throw new TimeoutException("It never happened.");
    }
}
