namespace GeminiLive.Tests;

/// <summary>What single models and places need, as the client does it on the wire.</summary>
public sealed class LivePeculiarityTests
{
    private static readonly LiveFunction Look = new("look", "Looks.", Parameters: null, LiveBehavior.Blocking);

    [Theory]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", true)]
    [InlineData("gemini-3.8-live", false)]
    public async Task Audio_waits_while_a_call_is_open_where_it_would_end_the_session(string model, bool waits)
    {
        await using var rig = new LiveRig(model: model, change: config => config with { Functions = [Look] });
        var socket = await rig.Connect();
        rig.Speak(20);
        await rig.Until(() => socket.SentAudio == 1);
        socket.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{}}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        rig.Speak(200);
        if (!waits)
            await rig.Until(() => socket.SentAudio == 11);
        Assert.True(rig.Client.Input.Respond([LiveToolResponse.Output(new LiveToolCall("fc_1", "look", "{}"), "seen")]));
        await rig.Until(() => socket.SentAudio == 11 && socket.SentControl.Count() == 2);

        var answer = socket.Sent.ToList().FindIndex(message => message.Contains("toolResponse", StringComparison.Ordinal));
        Assert.Equal(waits ? 2 : 12, answer);
    }

    [Theory]
    [InlineData("Vertex", "gemini-live-2.5-flash-native-audio", """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"(1)"}]}],"turnComplete":false}}""")]
    [InlineData("Vertex", "gemini-3.8-live", """{"realtimeInput":{"text":"(1)"}}""")]
    [InlineData("DeveloperApi", "gemini-2.5-flash-native-audio-latest", """{"realtimeInput":{"text":"(1)"}}""")]
    public async Task Words_that_ask_for_nothing_go_in_a_message_that_the_model_has(string backend, string model, string expected)
    {
        await using var rig = new LiveRig(new LiveOptions { Backend = backend, Project = "p", Location = "us", ApiKey = "k" }, model);
        var socket = await rig.Connect();
        Assert.True(rig.Client.SendText("(1)", expectsAnswer: false));
        await rig.Until(() => socket.SentControl.Count() == 2);
        Assert.Equal(expected, socket.SentControl.Last());
    }

    [Fact]
    public async Task Handle_that_came_unasked_is_not_taken_for_a_session_that_can_be_fetched_back()
    {
        await using var rig = new LiveRig(new LiveOptions { ApiKey = "k", Resumption = false }, "gemini-3.1-flash-live-preview");
        var socket = await rig.Connect();
        socket.Says("""{"sessionResumptionUpdate":{"newHandle":"h","resumable":true}}""");
        await rig.CallerIsHeard();
        socket.Closes(1011, "gone");
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentControl.Count() >= 2);

        Assert.True(rig.Story.OfType<Resumed>().Single().IsFresh);
        Assert.False(rig.Socket.Setup.TryGetProperty("sessionResumption", out _));
        Assert.Contains("Hello?", rig.Socket.SentControl.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_of_audio_follows_the_audio_before_it()
    {
        await using var rig = new LiveRig();
        rig.Speak(400);
        Assert.True(rig.Client.Input.EndAudioStream());
        var socket = await rig.Connect();
        await rig.Until(() => socket.Sent.Count == 22);
        Assert.Contains("audioStreamEnd", socket.Sent[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fallback_detects_activity_in_its_own_way()
    {
        var options = new LiveOptions { ApiKey = "k", Endpoint = "ws://first/path" };
        options.Fallbacks.Add(new LiveFallbackOptions { Endpoint = "ws://second/path", ActivityDetection = { Mode = "Manual" } });
        await using var rig = new LiveRig(options);
        rig.Plans(() => LiveRig.Refused(403));
        var socket = await rig.Connect();
        Assert.Equal("second", rig.Addresses[^1].Host);
        Assert.True(socket.Setup.GetProperty("realtimeInputConfig").GetProperty("automaticActivityDetection").GetProperty("disabled").GetBoolean());
        Assert.False(rig.Client.Input.EndAudioStream());
        rig.Speak(300, value: 0);
        rig.Speak(400, value: 5_000);
        await rig.Until(() => socket.SentAudio > 0);
        Assert.Equal("""{"realtimeInput":{"activityStart":{}}}""", socket.Sent[1]);
    }
}
