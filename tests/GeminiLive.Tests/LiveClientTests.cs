using System.Text.Json;

namespace GeminiLive.Tests;

public sealed class LiveClientTests
{
    [Fact]
    public async Task Session_is_ready_once_the_setup_was_accepted()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();

        Assert.Equal("models/gemini-3.8-live", socket.Setup.GetProperty("model").GetString());
        Assert.IsType<LiveReady>(rig.Story[0]);
    }

    [Fact]
    public async Task Nothing_is_sent_before_the_setup_is_accepted()
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Plans(new ScriptedSocket(rig.Pulse) { AnswersSetup = false });
        rig.Client.StartGreeting();
        rig.Speak(200);
        var connecting = rig.Client.ConnectAsync(CancellationToken.None);
        await rig.Until(() => rig.Sockets.Count == 1 && rig.Socket.Sent.Count == 1);
        rig.Speak(200);

        Assert.Single(rig.Socket.Sent);
        rig.Socket.Says("""{"setupComplete":{}}""");
        Assert.True((await connecting).IsReady);
        await rig.Until(() => rig.Socket.SentAudio == 20);
    }

    [Theory]
    [InlineData("gemini-3.8-live", "clientContent")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", "clientContent")]
    [InlineData("gemini-3.1-flash-live-preview", "realtimeInput")]
    public async Task Greeting_is_asked_for_in_the_words_of_the_model_family(string model, string key)
    {
        await using var rig = new LiveRig(model: model);
        var socket = await rig.Connect();
        rig.Client.StartGreeting();
        await rig.Until(() => socket.SentControl.Count() == 2);

        var message = JsonDocument.Parse(socket.SentControl.Last()).RootElement;
        Assert.Single(message.EnumerateObject());
        Assert.Contains("Greet the caller", message.GetProperty(key).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_audio_goes_up_in_chunks_as_soon_as_one_is_complete()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        rig.Uplink.Write(new short[319]);
        rig.Uplink.Write([1]);
        await rig.Until(() => socket.SentAudio == 1);

        var audio = JsonDocument.Parse(socket.Sent[^1]).RootElement.GetProperty("realtimeInput").GetProperty("audio");
        Assert.Equal("audio/pcm;rate=16000", audio.GetProperty("mimeType").GetString());
        Assert.Equal([.. new byte[638], 1, 0], audio.GetProperty("data").GetBytesFromBase64());
    }

    [Fact]
    public async Task Caller_is_not_heard_until_the_greeting_has_begun_and_a_moment_longer()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        rig.Client.StartGreeting();
        rig.Speak(400);
        await rig.Until(() => socket.SentAudio == 20);
        Assert.All(Chunks(socket), chunk => Assert.All(chunk, b => Assert.Equal(0, b)));

        socket.SaysAudio([5]);
        await rig.UntilTold<short[]>();
        rig.Speak(1_000);
        await rig.Until(() => socket.SentAudio == 70);
        Assert.Equal(20 + 40, Chunks(socket).TakeWhile(chunk => chunk.All(b => b == 0)).Count());
    }

    [Fact]
    public async Task Keys_of_one_message_are_handled_in_the_one_order_that_makes_sense()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.Says("""
            {"usageMetadata":{"promptTokenCount":3,"responseTokenCount":"4","totalTokenCount":7},
             "serverContent":{"turnComplete":true,"generationComplete":true,
               "modelTurn":{"parts":[{"text":"hm","thought":true},{"inlineData":{"data":"AQACAA=="}}]},
               "outputTranscription":{"text":" Hello"},"inputTranscription":{"text":"Hi"}},
             "goAway":{"timeLeft":"50s"},
             "somethingNew":[{"a":{}}]}
            """);
        await rig.UntilTold<TurnComplete>();

        Assert.Equal(
            [new GoAwayReceived(TimeSpan.FromSeconds(50)), new InputTranscript("Hi"), new OutputTranscript(" Hello", Turn: 1), new short[] { 1, 2 },
             new GenerationComplete(Turn: 1), new UsageReported(3, 4, 0, 7), new TurnComplete(IsIdle: true, Reason: null, Turn: 1), new AnswerSettled()],
            rig.Story.Skip(1));
    }

    [Theory]
    [InlineData(""""{"serverContent":{"turnComplete":true}}"""", 1)]
    [InlineData(""""{"serverContent":{"waitingForInput":true}}"""", 1)]
    [InlineData(""""{"serverContent":{"turnComplete":true,"turnCompleteReason":"NEED_MORE_INPUT"}}"""", 1)]
    [InlineData(""""{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"}}"""", 0)]
    [InlineData(""""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}"""", 0)]
    [InlineData(""""{"serverContent":{"generationComplete":true}}"""", 0)]
    public async Task Model_that_yields_of_its_own_accord_owes_nothing_more(string message, int settled)
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.Says(message);
        await rig.Settle();

        Assert.Equal(settled, rig.Story.OfType<AnswerSettled>().Count());
    }

    [Fact]
    public async Task End_of_an_interrupted_turn_settles_nothing()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1]);
        socket.Says(""""{"serverContent":{"interrupted":true}}"""");
        socket.Says(""""{"serverContent":{"turnComplete":true}}"""");
        await rig.Settle();

        Assert.DoesNotContain(rig.Story, what => what is AnswerSettled);
    }

    [Fact]
    public async Task Interruption_voids_the_audio_of_its_own_message_and_all_that_is_left_of_the_generation()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1, 1]);
        socket.SaysAudio([2, 2], ""","outputTranscription":{"text":"old"},"interrupted":true""");
        for (var i = 0; i < 25; i++)
            socket.SaysAudio([3, 3], ""","outputTranscription":{"text":"old"}""");
        socket.Says("""{"serverContent":{"turnComplete":true}}""");
        socket.SaysAudio([4, 4]);
        await rig.Settle();

        Assert.Equal([1, 1, 4, 4], rig.Heard);
        Assert.DoesNotContain(rig.Story, what => what is OutputTranscript);
        Assert.Equal("interrupted", rig.Story[2]);
    }

    [Fact]
    public async Task Generation_after_an_interruption_is_heard_even_when_the_dead_turn_never_completes()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1]);
        socket.Says("""{"serverContent":{"interrupted":true}}""");
        socket.SaysAudio([2]);
        await rig.Settle();
        rig.Clock.Advance(rig.Options.StaleAudioQuiet);
        socket.SaysAudio([3]);
        socket.SaysAudio([4]);
        await rig.Settle();

        Assert.Equal([1, 3, 4], rig.Heard);
    }

    [Fact]
    public async Task Interruption_after_the_end_of_a_turn_does_not_swallow_the_next_one()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1]);
        socket.Says("""{"serverContent":{"generationComplete":true,"turnComplete":true}}""");
        socket.Says("""{"serverContent":{"interrupted":true}}""");
        socket.SaysAudio([2]);
        await rig.Settle();

        Assert.Equal([1, 2], rig.Heard);
        Assert.Contains("interrupted", rig.Story);
    }

    [Fact]
    public async Task Garbage_is_passed_over()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        foreach (var garbage in new[] { "", "\u0000\u0001", "{", "[]", "null", "{\"serverContent\":", "{\"a\":\"\\ud800\"}", new string('{', 200) })
            socket.Says(garbage);
        socket.SaysInPieces("""{"serverContent":{"inputTranscription":{"text":"still here"}}}""", 3);
        await rig.UntilTold<InputTranscript>();

        Assert.Equal(new InputTranscript("still here"), rig.Story[^1]);
    }

    [Fact]
    public async Task Call_of_a_function_that_was_never_declared_is_answered()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{"q":"x"}}]}}""");
        await rig.Until(() => socket.SentControl.Count() == 2);

        var call = Assert.Single(Assert.IsType<ToolCallsRequested>(rig.Story[^1]).Calls);
        Assert.Equal(new LiveToolCall("fc_1", "look", """{"q":"x"}"""), call);
        var answer = JsonDocument.Parse(socket.SentControl.Last()).RootElement.GetProperty("toolResponse").GetProperty("functionResponses")[0];
        Assert.Equal("fc_1", answer.GetProperty("id").GetString());
        Assert.True(answer.GetProperty("response").TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Closing_sends_a_close_frame_and_tells_the_listener_nothing()
    {
        var rig = new LiveRig();
        var socket = await rig.Connect();
        var told = rig.Story.Count;
        await rig.Client.CloseAsync();

        Assert.True(socket.IsClosedByClient);
        Assert.False(socket.IsAborted);
        Assert.Equal(told, rig.Story.Count);
        Assert.False(rig.Client.SendText("late", expectsAnswer: false));
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Close_frame_without_an_answer_holds_nobody_up()
    {
        var rig = new LiveRig();
        rig.Plans(new ScriptedSocket(rig.Pulse) { AnswersClose = false });
        var socket = await rig.Connect();
        var closing = rig.Client.CloseAsync();
        await rig.Until(() => socket.IsClosedByClient);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await closing;

        Assert.True(socket.IsAborted);
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task Listener_that_throws_ends_its_own_session_only_and_hears_of_it()
    {
        var rig = new ThrowingRig();
        var result = await rig.Client.ConnectAsync(CancellationToken.None);
        Assert.True(result.IsReady);
        rig.Socket!.Says("""{"serverContent":{"inputTranscription":{"text":"boom"}}}""");
        await rig.Pulse.Until(() => rig.Failure is not null);

        Assert.Equal(LiveFailureKind.Fault, rig.Failure!.Kind);
        await rig.Client.CloseAsync();
        Assert.True(rig.Socket.IsDisposed);
    }

    private static IEnumerable<byte[]> Chunks(ScriptedSocket socket) => socket.Sent
        .Where(m => m.StartsWith("{\"realtimeInput\":{\"audio\"", StringComparison.Ordinal))
        .Select(m => JsonDocument.Parse(m).RootElement.GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetBytesFromBase64());
}
