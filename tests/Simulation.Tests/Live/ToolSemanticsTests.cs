using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Tool calls by family, behaviour and scheduling (sections 8 and 9 of the protocol reference).</summary>
public sealed class ToolSemanticsTests
{
    private const string Live38 = "models/gemini-3.8-live";
    private const string Live31 = "models/gemini-3.1-flash-live-preview";
    private const string Native25 = "models/gemini-2.5-flash-native-audio-latest";
    private const string Thinking = "models/gemini-3.8-live-extended-thinking";

    [Fact]
    public void Blocking_calls_of_one_message_are_all_answered_before_the_model_goes_on()
    {
        using var live = Open(Live38, "BLOCKING");
        var ids = live.Run(() => live.Session.CallToolsAsync(("f", "{}"), ("f", """{"a":1}""")));
        Assert.Equal(2, live.Find("toolCall").Single().GetProperty("functionCalls").GetArrayLength());
        live.Answer(ids[0]);
        live.Advance(5_000);
        Assert.Equal((0, 0), (live.Count("modelTurn"), live.Count("turnComplete")));
        live.Answer(ids[1]);
        live.Advance(10_000);
        Assert.Equal(["result"], Spoken(live));
        Assert.Equal(1, live.Count("turnComplete"));
    }

    [Fact]
    public void Non_blocking_call_lets_the_model_go_on()
    {
        using var live = Open(Live38, "NON_BLOCKING");
        live.Run(() => live.Session.CallToolAsync("f"));
        live.Run(() => live.Session.SayAsync("one-moment"));
        live.Advance(10_000);
        Assert.Equal((1, 1), (live.Count("generationComplete"), live.Count("turnComplete")));
        Assert.False(live.Find("sessionResumptionUpdate").Last().GetProperty("resumable").GetBoolean());
    }

    [Theory]
    [InlineData(Live38, "INTERRUPT", true, new[] { "story", "result" })]
    [InlineData(Native25, "INTERRUPT", true, new[] { "story", "result" })]
    [InlineData(Live38, "WHEN_IDLE", false, new[] { "story", "result" })]
    [InlineData(Live38, "", false, new[] { "story", "result" })]
    [InlineData(Live38, "SILENT", false, new[] { "story" })]
    [InlineData(Thinking, "INTERRUPT", false, new[] { "story", "result" })]
    [InlineData(Thinking, "SILENT", false, new[] { "story", "result" })]
    public void Result_is_spoken_as_its_scheduling_asks(string model, string scheduling, bool cuts, string[] spoken)
    {
        using var live = Open(model, "NON_BLOCKING");
        var id = live.Run(() => live.Session.CallToolAsync("f"));
        live.Run(() => live.Session.SayAsync("story"));
        live.Advance(1_000);
        live.Answer(id, more: scheduling.Length == 0 ? "" : $",\"scheduling\":\"{scheduling}\"");
        live.Advance(500);
        Assert.Equal(cuts ? (1, 1) : (0, 0), (live.Count("interrupted"), live.Count("turnComplete")));
        live.Advance(30_000, 50);
        Assert.Equal(spoken, Spoken(live));
    }

    [Theory]
    [InlineData(Live38, "INTERRUPT", false)]
    [InlineData(Native25, "INTERRUPT", true)]
    [InlineData(Native25, "WHEN_IDLE", false)]
    public void Result_that_comes_while_the_user_speaks_waits_but_on_2_5(string model, string scheduling, bool speaksOver)
    {
        using var live = Open(model, "NON_BLOCKING");
        var id = live.Run(() => live.Session.CallToolAsync("f"));
        live.SendSilence(500);
        live.SendSpeech(500);
        live.Answer(id, more: $",\"scheduling\":\"{scheduling}\"");
        live.SendSpeech(500);
        Assert.Equal(speaksOver, Spoken(live).Contains("result"));
        live.SendSilence(1_000);
        live.Advance(10_000);
        Assert.Equal("result", Spoken(live)[0]);
    }

    [Fact]
    public void On_3_1_a_non_blocking_call_blocks_all_the_same_and_silent_is_spoken()
    {
        using var live = Open(Live31, "NON_BLOCKING");
        var id = live.Run(() => live.Session.CallToolAsync("f"));
        live.Run(() => live.Session.SayAsync("one-moment"));
        live.Advance(10_000);
        Assert.Equal(0, live.Count("turnComplete"));
        live.Answer(id, more: ",\"scheduling\":\"SILENT\"");
        live.Advance(10_000);
        Assert.Equal(["one-moment", "result"], Spoken(live));
        Assert.StartsWith("fc_", id, StringComparison.Ordinal);
    }

    [Fact]
    public void Generator_answers_until_it_says_that_it_ends()
    {
        using var live = Open(Live38, "NON_BLOCKING");
        var id = live.Run(() => live.Session.CallToolAsync("f"));
        live.Answer(id, more: ",\"willContinue\":true,\"scheduling\":\"SILENT\"");
        live.Answer(id, more: ",\"willContinue\":true,\"scheduling\":\"SILENT\"");
        live.Advance(1_000);
        Assert.Empty(Spoken(live));
        live.Answer(id, more: ",\"willContinue\":false,\"scheduling\":\"INTERRUPT\"");
        live.Advance(5_000);
        Assert.Equal(["result"], Spoken(live));
        live.Answer(id);
        live.Advance(5_000);
        Assert.Equal(["result"], Spoken(live));   // the call is over: a late answer changes nothing
        Assert.Null(live.Close);
    }

    [Fact]
    public void Extended_thinking_is_in_progress_while_a_call_is_open()
    {
        using var live = Open(Thinking, "NON_BLOCKING");
        live.Run(() => live.Session.SayAsync("greeting"));
        live.Advance(10_000);
        var id = live.Run(() => live.Session.CallToolAsync("f"));
        live.Run(() => live.Session.SayAsync("one-moment"));
        live.Advance(5_000);
        live.Answer(id);
        live.Advance(10_000);
        var statuses = live.Received.Where(m => m.TryGetProperty("serverContent", out var c) && c.TryGetProperty("turnComplete", out _))
            .Select(m => m.GetProperty("serverContent").GetProperty("interactionStatus").GetString());
        Assert.Equal(["IDLE", "IN_PROGRESS", "IDLE"], statuses);
    }

    [Fact]
    public void Barge_in_cancels_the_blocking_calls_of_the_turn_and_tells_before_the_turn_ends()
    {
        using var live = Open(Live38, "BLOCKING");
        var ids = live.Run(() => live.Session.CallToolsAsync(("f", "{}"), ("f", "{}")));
        live.SendSilence(500);
        live.SendSpeech(500);
        Assert.Equal(ids, live.Find("toolCallCancellation").Single().GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal((1, 1), (live.Count("interrupted"), live.Count("turnComplete")));
    }

    [Fact]
    public void Audio_during_a_blocking_call_closes_where_a_script_makes_it_so()
    {
        using var live = new VirtualLive(VirtualLive.Scripted("""{ "do": "refuseAudioDuringCalls" }, { "do": "callTool", "name": "f" }"""));
        live.Open(Setup(Native25, "BLOCKING"));
        live.Send(RawLiveClient.Audio(new short[320]));
        Assert.Equal((1008, "Operation is not implemented, or supported, or enabled."), live.Close);
    }

    [Fact]
    public void Vertex_tells_the_begin_and_end_of_speech_when_asked()
    {
        using var live = new VirtualLive();
        live.Open(
            """{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"]},"explicitVadSignal":true}}""",
            "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent");
        live.SendSilence(500);
        live.SendSpeech(700);
        live.SendSilence(1_500);
        Assert.Equal(["VAD_SIGNAL_TYPE_SOS", "VAD_SIGNAL_TYPE_EOS"], live.Find("voiceActivityDetectionSignal").Select(signal => signal.GetProperty("vadSignalType").GetString()));
    }

    [Theory]
    [InlineData("BLOCKING", 0)]
    [InlineData("NON_BLOCKING", 1)]
    public void Context_update_replaces_the_functions(string behavior, int turnCompletes)
    {
        using var live = new VirtualLive();
        live.Open(
            """{"setup":{"model":"projects/p/locations/l/publishers/google/models/gemini-3.8-live","generationConfig":{"responseModalities":["AUDIO"]}}}""",
            "/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent");
        live.Send($$"""{"contextUpdate":{"tools":{"tools":[{"functionDeclarations":[{"name":"g","behavior":"{{behavior}}" }] }] } } }""");
        live.Run(() => live.Session.CallToolAsync("g"));
        live.Run(() => live.Session.SayAsync("one-moment"));
        live.Advance(5_000);
        Assert.Equal(turnCompletes, live.Count("turnComplete"));
    }

    private static string[] Spoken(VirtualLive live) =>
        live.Session.Events.Where(e => e.Kind == SessionEventKind.GenerationStarted).Select(e => e.Text).ToArray();

    private static VirtualLive Open(string model, string behavior)
    {
        var live = new VirtualLive();
        live.Open(Setup(model, behavior));
        Assert.Equal(1, live.Count("setupComplete"));
        return live;
    }

    private static string Setup(string model, string behavior)
    {
        var thinking = model == Thinking ? ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}""" : "";
        return $$"""{"setup":{"model":"{{model}}"{{thinking}},"sessionResumption":{},"tools":[{"functionDeclarations":[{"name":"f","behavior":"{{behavior}}"}]}] } }""";
    }
}
