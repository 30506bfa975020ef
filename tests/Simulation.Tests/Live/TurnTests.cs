using System.Net.WebSockets;
using System.Text.Json;
using Simulation.Live;
using Simulation.Prompts;
using Support;

namespace Simulation.Tests.Live;

/// <summary>Turns driven by hand: pace, chunks, framing, interruption, tools, deadlines.</summary>
public sealed class TurnTests
{
    private const string Setup25 = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-latest","outputAudioTranscription":{}}}""";
    private const string Uninterruptible = """{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"activityHandling":"NO_INTERRUPTION"}}}""";
    private const string WithTools = """
        {"setup":{"model":"models/gemini-3.8-live","sessionResumption":{},"tools":[{"functionDeclarations":[
          {"name":"look_up","behavior":"BLOCKING"},{"name":"log","behavior":"NON_BLOCKING"}]}]}}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly short[] TwoSeconds = Tone.Sine(24_000, 440, 48_000);
    private static readonly short[] CallerSpeech = Tone.Sine(16_000, 300, 8_000);

    [Fact]
    public async Task Chunks_follow_each_other_at_the_pace_and_in_the_sizes_asked_for()
    {
        var clock = new ManualTimeProvider();
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 10, ChunkBytes = [9_600, 11_521, 24_000], AutoAnswer = false }, clock);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        var speech = await session.SayAsync(TwoSeconds);
        for (var ms = 0; !speech.Generated.IsCompleted; ms++)
        {
            Assert.True(ms < 1_000, "the audio never ended");
            clock.Advance(TimeSpan.FromMilliseconds(1));
            await session.SettleAsync();
        }
        Assert.Equal([9_600, 11_521, 24_000, 24_000, 24_000, 2_879], session.SentChunks.Select(chunk => chunk.Bytes));

        // 200 ms, 240.02 ms, 500 ms of audio: each leaves ten times sooner than it plays.
        var sentMs = session.SentChunks.Select(chunk => clock.GetElapsedTime(session.SentChunks[0].Timestamp, chunk.Timestamp).TotalMilliseconds).ToArray();
        double[] expectedMs = [0, 20, 44, 94, 144, 194];
        for (var i = 0; i < sentMs.Length; i++)
            Assert.InRange(sentMs[i], expectedMs[i], expectedMs[i] + 2.5);
    }

    [Theory]
    [InlineData(true, WebSocketMessageType.Binary)]
    [InlineData(false, WebSocketMessageType.Text)]
    public async Task Messages_come_in_the_framing_asked_for(bool binary, WebSocketMessageType type)
    {
        var options = new SimulatedLiveOptions { BinaryFrames = binary, FragmentBytes = 1_000, PrettyPrint = binary, AutoAnswer = false };
        await using var server = await SimulatedLive.StartAsync(options, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        Assert.Equal(type, client.LastType);
        Assert.Equal(binary, client.LastText.Contains('\n', StringComparison.Ordinal));
        await (await server.WaitForSessionAsync(1, Patience)).SayAsync(TwoSeconds);
        await client.ReceiveAsync("modelTurn");
        Assert.InRange(client.LastFrames, 13, 15);   // 9,600 bytes are 12,800 in base64
    }

    [Theory]
    [InlineData(RawLiveClient.Setup38, true)]
    [InlineData(Setup25, false)]
    public async Task Words_come_with_the_audio_on_3_x_and_apart_on_2_5(string setup, bool together)
    {
        await using var server = await SimulatedLive.StartAsync(new() { AutoAnswer = false, Pace = 100 }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, setup);
        var before = new List<JsonElement>();
        await (await server.WaitForSessionAsync(1, Patience)).SayAsync("goodbye");
        await client.ReceiveAsync("generationComplete", before);
        var contents = before.Where(m => m.TryGetProperty("serverContent", out _)).Select(m => m.GetProperty("serverContent")).ToList();
        Assert.Equal(together, contents.Exists(c => c.TryGetProperty("modelTurn", out _) && c.TryGetProperty("outputTranscription", out _)));
        Assert.Equal(PromptLibrary.Get("goodbye").Transcript,
            string.Concat(contents.Where(c => c.TryGetProperty("outputTranscription", out _)).Select(c => c.GetProperty("outputTranscription").GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Caller_speech_interrupts_what_is_still_playing_though_all_was_sent()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000, AutoAnswer = false }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        var speech = await session.SayAsync("story");
        await speech.Generated;
        await client.SendAudioAsync(CallerSpeech);
        Assert.Equal(SpeechOutcome.Interrupted, await speech.Ended.WaitAsync(Patience));

        var before = new List<JsonElement>();
        await client.ReceiveAsync("interrupted", before);
        Assert.Contains(before, m => m.GetRawText().Contains("generationComplete", StringComparison.Ordinal));
        Assert.True((await client.ReceiveAsync("turnComplete")).GetBoolean());
        Assert.True((await client.ReceiveAsync("sessionResumptionUpdate")).GetProperty("resumable").GetBoolean());
    }

    [Fact]
    public async Task Interrupted_generation_sends_no_generationComplete_and_stale_audio_only_when_asked()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 2, AutoAnswer = false }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        await (await session.SayAsync("story")).Started;
        await session.InterruptAsync(staleMs: 500);
        await client.ReceiveAsync("turnComplete");
        Assert.Equal(24_000, session.SentChunks.Where(chunk => chunk.Stale).Sum(chunk => chunk.Bytes));
        Assert.DoesNotContain(session.Events, e => e.Kind == SessionEventKind.GenerationCompleted);

        await (await session.SayAsync("story")).Started;
        await session.InterruptAsync();
        Assert.Equal(24_000, session.SentChunks.Where(chunk => chunk.Stale).Sum(chunk => chunk.Bytes));
    }

    [Fact]
    public async Task No_interruption_lets_the_speech_end()
    {
        await using var server = await SimulatedLive.StartAsync(new() { AutoAnswer = false }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, Uninterruptible);
        var session = await server.WaitForSessionAsync(1, Patience);
        var speech = await session.SayAsync("how-can-i-help");
        await client.SendAudioAsync(CallerSpeech);
        await session.WaitForAsync(SessionEventKind.SpeechStarted, Patience);
        Assert.Equal(SpeechOutcome.Completed, await speech.Ended.WaitAsync(Patience));
    }

    [Fact]
    public async Task Blocking_call_holds_the_turn_open_until_the_answer_was_spoken()
    {
        await using var server = await SimulatedLive.StartAsync(new() { Pace = 1_000 }, TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, WithTools);
        var session = await server.WaitForSessionAsync(1, Patience);
        var id = await session.CallToolAsync("look_up", """{"number":"4417"}""");
        var call = (await client.ReceiveAsync("toolCall")).GetProperty("functionCalls")[0];
        Assert.Equal((id, "look_up", "4417"), (call.GetProperty("id").GetString(), call.GetProperty("name").GetString(), call.GetProperty("args").GetProperty("number").GetString()));
        Assert.False((await client.ReceiveAsync("sessionResumptionUpdate")).GetProperty("resumable").GetBoolean());
        Assert.Equal(SpeechOutcome.Completed, await (await session.SayAsync("how-can-i-help")).Ended.WaitAsync(Patience));
        Assert.DoesNotContain(session.Events, e => e.Kind is SessionEventKind.TurnCompleted or SessionEventKind.GenerationCompleted);

        await client.SendAsync($$$"""{"toolResponse":{"functionResponses":[{"id":"{{{id}}}","name":"look_up","response":{"output":"ready"}}]}}""");
        await client.ReceiveAsync("turnComplete");
        Assert.Equal("result", session.Events.Last(e => e.Kind == SessionEventKind.GenerationStarted).Text);
    }

    [Fact]
    public async Task Caller_who_speaks_during_a_blocking_call_cancels_it_and_the_late_response_is_ignored()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, WithTools);
        var session = await server.WaitForSessionAsync(1, Patience);
        var blocking = await session.CallToolAsync("look_up");
        await session.CallToolAsync("log");
        await client.SendAudioAsync(CallerSpeech);
        Assert.Equal(blocking, Assert.Single((await client.ReceiveAsync("toolCallCancellation")).GetProperty("ids").EnumerateArray().ToList()).GetString());
        await client.ReceiveAsync("interrupted");
        await client.SendAsync($$$"""{"toolResponse":{"functionResponses":[{"id":"{{{blocking}}}","name":"look_up","response":{}}]}}""");
        await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Patience);
        await client.CloseAsync();
        await session.Closed;
        Assert.DoesNotContain(session.Events, e => e.Kind is SessionEventKind.GenerationStarted or SessionEventKind.Refused);
    }

    [Fact]
    public async Task Hundred_and_fifty_seconds_without_audio_end_the_connection()
    {
        var clock = new ManualTimeProvider();
        await using var server = await SimulatedLive.StartAsync(new(), clock);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        await session.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(149));
        await client.SendAsync(RawLiveClient.Audio(new short[320]));
        await client.SendAsync("""{"realtimeInput":{"text":"[DTMF] 5"}}""");
        await session.WaitForAsync(SessionEventKind.TextReceived, Patience);
        clock.Advance(TimeSpan.FromSeconds(149));
        await session.SettleAsync();
        Assert.False(session.Closed.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1008, "The operation was aborted."), await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Connection_lifetime_is_announced_and_kept()
    {
        var clock = new ManualTimeProvider();
        await using var server = await SimulatedLive.StartAsync(new() { ConnectionLifetime = TimeSpan.FromSeconds(60) }, clock);
        await using var client = await RawLiveClient.OpenAsync(server);
        var session = await server.WaitForSessionAsync(1, Patience);
        await session.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("50s", (await client.ReceiveAsync("goAway")).GetProperty("timeLeft").GetString());
        await session.SettleAsync();
        clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal((1011, "Deadline expired before operation could complete."), await client.ReceiveCloseAsync());
    }
}
