using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Messages after the setup: what is refused, what is taken.</summary>
public sealed class ClientInputTests(LiveServerFixture fixture) : IClassFixture<LiveServerFixture>
{
    private const string Manual38 = """{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}},"inputAudioTranscription":{}}}""";
    private const string Setup31 = """{"setup":{"model":"models/gemini-3.1-flash-live-preview"}}""";
    private const string Setup25 = """{"setup":{"model":"models/gemini-2.5-flash-native-audio-latest"}}""";

    private readonly SimulatedLive _server = fixture.Server;

    [Theory]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm","data":"AAA="}}}""", "Unsupported audio mime type 'audio/pcm'")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"data":"AAA="}}}""", "Unsupported audio mime type ''")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=x","data":"AAA="}}}""", "Unsupported audio mime type")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=+16000","data":"AAA="}}}""", "Unsupported audio mime type")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16001","data":"AAA="}}}""", "Unsupported audio mime type")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcmu;rate=8000","data":"AAA="}}}""", "Unsupported audio mime type")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"A*A="}}}""", "Invalid value at 'realtime_input.audio.data' (TYPE_BYTES)")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""", "whole 16-bit samples")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAA=","rate":1}}}""", "Unknown name \"rate\" at 'realtime_input.audio'")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAA="}},"setup":{}}""", "exactly one")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAA="}}} {}""", "Invalid JSON payload received.")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audioStreamEnd":1}}""", "Invalid value at 'realtime_input.audio_stream_end' (TYPE_BOOL), 1")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"activityStart":{}}}""", "Explicit activity control is not supported")]
    [InlineData(Manual38, """{"realtimeInput":{"audioStreamEnd":true}}""", "audio_stream_end is not supported")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"AAA="}]}}""", "realtime_input.media_chunks is deprecated")]
    [InlineData(Setup31, """{"realtimeInput":{"mediaChunks":[]}}""", "realtime_input.media_chunks is deprecated")]
    [InlineData(RawLiveClient.Setup38, """{"clientContent":{"turns":[{"role":"user","parts":[{"functionCall":{"name":"a"}}]}]}}""", "Unknown name \"functionCall\" at 'client_content.turns[0].parts[0]'")]
    [InlineData(RawLiveClient.Setup38, """{"clientContent":{"turns":[{"role":"system","parts":[{"text":"a"}]}]}}""", "Please use a valid role: user, model.")]
    [InlineData(RawLiveClient.Setup38, """{"clientContent":{"turns":[{"parts":[{"text":"a"}]}]}}""", "Please use a valid role: user, model.")]
    [InlineData(RawLiveClient.Setup38, """{"toolResponse":{"functionResponses":[{"name":"a","response":{}}]}}""", "needs an id")]
    [InlineData(RawLiveClient.Setup38, """{"toolResponse":{"functionResponses":[{"id":"a","response":[]}]}}""", "Invalid value at 'tool_response.function_responses[0].response'")]
    [InlineData(RawLiveClient.Setup38, """{"toolResponse":{"functionResponses":[{"id":"a","response":{},"scheduling":"INTERRUPTED"}]}}""", "scheduling' (Scheduling), \"INTERRUPTED\"")]
    [InlineData(RawLiveClient.Setup38, """{"contextUpdate":{"tools":[]}}""", "Invalid value at 'context_update.tools'")]
    [InlineData(Setup25, """{"contextUpdate":{}}""", "Unknown name \"contextUpdate\"")]
    public async Task Illegal_message_closes_with_1007_and_names_the_fault(string setup, string message, string reason)
    {
        await using var client = await RawLiveClient.OpenAsync(_server, setup);
        await client.SendAsync(message);
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1007, close.Code);
        Assert.Contains(reason, close.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_to_a_call_that_was_never_made_closes_with_1008()
    {
        await using var client = await RawLiveClient.OpenAsync(_server);
        await client.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"fc_1","name":"a","response":{"output":1}}]}}""");
        Assert.Equal((1008, "Requested entity was not found."), await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData(Setup25, """{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"AQACAA=="}]}}""")]
    [InlineData(RawLiveClient.Setup38, """{"realtimeInput":{"audio":{"data":"AQACAA==","mimeType":"audio/pcm; rate=16000"}}}""")]
    [InlineData(RawLiveClient.Setup38, """{ "realtimeInput" : { "audio" : { "mimeType" : "audio\/pcm;rate=16000" , "data" : "AQACAA==" } } }""")]
    public async Task Legal_forms_of_audio_are_all_heard(string setup, string message)
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, setup);
        await client.SendAsync(message);
        await client.CloseAsync();
        var session = server.Sessions[0];
        await session.Closed;
        Assert.Equal([1, 2], session.CallerAudio);
        Assert.Equal(2, Assert.Single(session.AudioArrivals).Samples);
    }

    [Fact]
    public async Task Activity_marked_by_the_client_counts_its_audio_only()
    {
        await using var client = await RawLiveClient.OpenAsync(_server, Manual38);
        await client.SendAudioAsync(new short[16_000]);
        await client.SendAsync("""{"realtimeInput":{"activityStart":{}}}""");
        await client.SendAudioAsync(new short[8_000]);
        await client.SendAsync("""{"realtimeInput":{"activityEnd":{}}}""");
        Assert.Equal(" (caller spoke for 0.5 s)", (await client.ReceiveAsync("inputTranscription")).GetProperty("text").GetString());
        await client.ReceiveAsync("modelTurn");
    }

    [Fact]
    public async Task Seeded_history_is_taken_in_silence()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.OpenAsync(server, """{"setup":{"model":"models/gemini-3.1-flash-live-preview","historyConfig":{"initialHistoryInClientContent":true}}}""");
        await client.SendAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}],"turnComplete":true}}""");
        await client.SendAsync("""{"realtimeInput":{"text":"now speak"}}""");
        await client.ReceiveAsync("modelTurn");
        var session = server.Sessions[0];
        Assert.Equal(["a\nb", "now speak"], session.Events.Where(e => e.Kind == SessionEventKind.TextReceived).Select(e => e.Text));
        Assert.Single(session.Events, e => e.Kind == SessionEventKind.GenerationStarted);
    }
}
