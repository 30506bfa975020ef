using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

/// <summary>The capability table of the protocol reference (section 5.10, with 5.4 and 12): each cell a row, by the wire.</summary>
public sealed class CapabilityTests : IAsyncDisposable
{
    private const string SetupText = """{"realtimeInput":{"text":"hi"}}""";
    private const string Content = """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hi"}]}],"turnComplete":true}}""";
    private const string EndsWithModel = """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}],"turnComplete":true}}""";
    private const string EndsWithModelAndWaits = """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]}]}}""";
    private const string NoRole = """{"clientContent":{"turns":[{"parts":[{"text":"hi"}]}],"turnComplete":true}}""";
    private const string MediaChunks = """{"realtimeInput":{"mediaChunks":[{"mimeType":"audio/pcm;rate=16000","data":"AAA="}]}}""";
    private const string ContextUpdate = """{"contextUpdate":{"systemInstruction":{"parts":[{"text":"Be short."}]},"tools":{"tools":[{"functionDeclarations":[{"name":"g"}]}]}}}""";
    private const string History = ""","historyConfig":{"initialHistoryInClientContent":true}""";

    private const string AudioOnly = "\"responseModalities\":[\"AUDIO\"]";
    private const string LowThinking = "\"thinkingConfig\":{\"thinkingLevel\":\"LOW\"}";

    private static readonly Dictionary<string, (string Path, string Model, string[] Generation)> Columns = new(StringComparer.Ordinal)
    {
        ["2.5 v1beta"] = (Developer("v1beta"), "models/gemini-2.5-flash-native-audio-latest", []),
        ["2.5 v1alpha"] = (Developer("v1alpha"), "models/gemini-2.5-flash-native-audio-latest", []),
        ["2.5 Vertex"] = (Vertex("v1beta1"), VertexModel("gemini-live-2.5-flash-native-audio"), [AudioOnly]),
        ["3.1"] = (Developer("v1beta"), "models/gemini-3.1-flash-live-preview", []),
        ["3.8"] = (Developer("v1beta"), "models/gemini-3.8-live", []),
        ["3.8 Vertex"] = (Vertex("v1"), VertexModel("gemini-3.8-live"), [AudioOnly]),
        ["3.8 Vertex bare"] = (Vertex("v1"), VertexModel("gemini-3.8-live"), []),
        ["3.8-ET"] = (Developer("v1beta"), "models/gemini-3.8-live-extended-thinking", [LowThinking]),
        ["3.8-ET bare"] = (Developer("v1beta"), "models/gemini-3.8-live-extended-thinking", []),
    };

    private readonly SimulatedLive _server = SimulatedLive.Create(new() { PrettyPrint = false, Pace = 1_000 }, new ManualTimeProvider());

    // What "ok", a close reason or "silence" answers the setup. In generationConfig where it begins with a dot.
    public static TheoryData<string, string, string> Settings => Table(
        ["2.5 v1beta", "2.5 v1alpha", "2.5 Vertex", "3.1", "3.8", "3.8 Vertex", "3.8-ET bare"],
        (""".thinkingConfig":{"thinkingBudget":0}""", ["ok", "ok", "ok", "use thinking_level", "thinking_config", "thinking_config", "thinking_level must be"]),
        (""".thinkingConfig":{"thinkingLevel":"LOW"}""", ["use thinking_budget", "use thinking_budget", "use thinking_budget", "ok", "thinking_config", "thinking_config", "ok"]),
        (""".thinkingConfig":{"thinkingLevel":"MINIMAL"}""", ["use thinking_budget", "use thinking_budget", "use thinking_budget", "ok", "thinking_config", "thinking_config", "thinking_level must be"]),
        (""".thinkingConfig":{"includeThoughts":true}""", ["ok", "ok", "ok", "ok", "thinking_config", "thinking_config", "thinking_level must be"]))
        .And(
            ["2.5 v1beta", "2.5 v1alpha", "2.5 Vertex", "3.1", "3.8", "3.8 Vertex", "3.8-ET"],
            ("", ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
            (""".enableAffectiveDialog":true""", ["enableAffectiveDialog", "ok", "ok", "silence", "enableAffectiveDialog", "ok", "enableAffectiveDialog"]),
            (""".responseModalities":["TEXT"]""", ["(TEXT)", "(TEXT)", "(TEXT)", "(TEXT)", "(TEXT)", "(TEXT)", "(TEXT)"]),
            (""","proactivity":{"proactiveAudio":true}""", ["proactivity", "ok", "ok", "silence", "ok", "ok", "ok"]),
            (""","proactivity":{"proactiveAudio":false}""", ["proactivity", "ok", "ok", "silence", "proactive_audio", "proactive_audio", "proactive_audio"]),
            (""","proactivity":{"proactiveVideo":true}""", ["proactivity", "proactive_video needs", "proactive_video needs", "silence", "proactive_video needs", "proactive_video needs", "proactive_video needs"]),
            (""","tools":[{"functionDeclarations":[{"name":"f","behavior":"NON_BLOCKING"}]}]""", ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
            (""","tools":[{"functionDeclarations":[{"name":"f","behavior":"BLOCKING"}]}]""", ["ok", "ok", "ok", "ok", "ok", "ok", "only behavior NON_BLOCKING"]),
            (""","tools":[{"functionDeclarations":[{"name":"f"}]}]""", ["ok", "ok", "ok", "ok", "ok", "ok", "only behavior NON_BLOCKING"]),
            (""","tools":[{"googleSearch":{}}]""", ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
            (""","tools":[{"codeExecution":{}}]""", ["code_execution", "code_execution", "code_execution", "ok", "code_execution", "code_execution", "code_execution"]),
            (""","tools":[{"urlContext":{}}]""", ["url_context", "url_context", "url_context", "ok", "url_context", "url_context", "url_context"]),
            (""","tools":[{"fileSearch":{}}]""", ["file_search", "file_search", "file_search", "file_search", "file_search", "file_search", "file_search"]),
            (""","tools":[{"googleMaps":{}}]""", ["google_maps", "google_maps", "google_maps", "google_maps", "google_maps", "google_maps", "google_maps"]),
            (History, ["historyConfig", "historyConfig", "historyConfig", "ok", "ok", "historyConfig", "ok"]),
            (""","inputAudioTranscription":{"customVocabulary":["Velo"]}""", ["custom_vocabulary", "custom_vocabulary", "custom_vocabulary", "custom_vocabulary", "custom_vocabulary", "ok", "custom_vocabulary"]),
            (""","inputAudioTranscription":{"languageCodes":["de-DE"]}""", ["ok", "ok", "takes no settings", "ok", "ok", "ok", "ok"]),
            (""","explicitVadSignal":true""", ["explicit_vad_signal", "explicit_vad_signal", "ok", "explicit_vad_signal", "explicit_vad_signal", "ok", "explicit_vad_signal"]),
            (""","sessionResumption":{"transparent":true}""", ["transparent", "transparent", "ok", "transparent", "transparent", "ok", "transparent"]),
            (""","safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE","method":"SEVERITY"}]""", ["method", "method", "ok", "method", "method", "ok", "method"]))
        .And(
            ["2.5 v1beta", "2.5 v1alpha", "2.5 Vertex", "3.1", "3.8", "3.8 Vertex"],
            (""","tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}]}]""", ["google_search", "google_search", "google_search", "ok", "ok", "ok"]));

    // What answers a message after the setup: "ok" is no close.
    public static TheoryData<string, string, string> Messages => Table(
        ["2.5 v1beta", "2.5 v1alpha", "2.5 Vertex", "3.1", "3.8", "3.8 Vertex", "3.8-ET"],
        (SetupText, ["ok", "ok", "realtime_input.text", "ok", "ok", "ok", "ok"]),
        (Content, ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
        (NoRole, ["ok", "ok", "ok", "valid role", "valid role", "valid role", "valid role"]),
        (EndsWithModel, ["end with a user turn", "end with a user turn", "end with a user turn", "ok", "ok", "ok", "ok"]),
        (EndsWithModelAndWaits, ["end with a user turn", "end with a user turn", "ok", "ok", "ok", "ok", "ok"]),
        (MediaChunks, ["ok", "ok", "ok", "media_chunks", "media_chunks", "media_chunks", "media_chunks"]),
        (ContextUpdate, ["contextUpdate", "contextUpdate", "contextUpdate", "contextUpdate", "contextUpdate", "ok", "contextUpdate"]));

    [Theory]
    [InlineData("3.8 Vertex bare", "", "response modalities ()")]
    [MemberData(nameof(Settings))]
    public async Task Setting_is_answered_as_the_table_says(string column, string setting, string answer)
    {
        await using var client = await ConnectAsync(column);
        await client.SendSetupAsync(Columns[column].Model, Rest(column, setting));
        if (answer == "ok")
        {
            await client.ReceiveAsync("setupComplete");
            return;
        }
        if (answer == "silence")
        {
            await client.SendAsync(SetupText);
            answer = "before setupComplete";
        }
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1007, close.Code);
        Assert.Contains(answer, close.Reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Messages))]
    public async Task Message_is_answered_as_the_table_says(string column, string message, string answer)
    {
        await using var client = await OpenAsync(column);
        await client.SendAsync(message);
        await client.SendAsync("""{"realtimeInput":{"audio":5}}""");   // refused for sure: whatever comes before it was not
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1007, close.Code);
        Assert.Contains(answer == "ok" ? "Invalid value at 'realtime_input.audio'" : answer, close.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.1")]
    [InlineData("3.8")]
    public async Task Realtime_input_before_the_initial_history_is_complete_closes(string column)
    {
        foreach (var early in new[] { SetupText, RawLiveClient.Audio(new short[320]) })
        {
            await using var client = await OpenAsync(column, History);
            await client.SendAsync(EndsWithModelAndWaits);
            await client.SendAsync(early);
            Assert.Contains("before the initial history is complete", (await client.ReceiveCloseAsync()).Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2.5 v1beta", "audio/pcm;rate=24000", "responseTokenCount", false)]
    [InlineData("2.5 Vertex", "audio/pcm", "candidatesTokenCount", true)]
    [InlineData("3.8 Vertex", "audio/pcm;rate=24000", "candidatesTokenCount", true)]
    public async Task Vertex_names_the_session_and_counts_candidates(string column, string mimeType, string tokens, bool hasSessionId)
    {
        await using var client = await ConnectAsync(column);
        await client.SendSetupAsync(Columns[column].Model, Rest(column, ""));
        Assert.Equal(hasSessionId, (await client.ReceiveAsync("setupComplete")).TryGetProperty("sessionId", out _));
        var session = _server.Sessions[0];
        var speech = await session.SayAsync(new short[480]);
        Assert.Equal(mimeType, (await client.ReceiveAsync("modelTurn")).GetProperty("parts")[0].GetProperty("inlineData").GetProperty("mimeType").GetString());
        await session.InterruptAsync();
        await speech.Ended;
        Assert.True((await client.ReceiveAsync("usageMetadata")).TryGetProperty(tokens, out _));
    }

    [Theory]
    [InlineData("3.8", """{"id":"t","name":"f","response":{"output":1},"willContinue":true}""", "")]
    [InlineData("3.8 Vertex", """{"id":"t","name":"f","response":{"output":1},"willContinue":true}""", "willContinue")]
    [InlineData("3.8", """{"name":"f","response":{"output":1}}""", "needs an id")]
    [InlineData("3.8 Vertex", """{"name":"f","response":{"output":1}}""", "")]
    public async Task Function_response_is_looked_at_as_the_service_does(string column, string response, string reason)
    {
        await using var client = await OpenAsync(column, ""","tools":[{"functionDeclarations":[{"name":"f","behavior":"NON_BLOCKING"}]}]""");
        await _server.Sessions[0].CallToolAsync("f", id: "t");
        await client.SendAsync($$$"""{"toolResponse":{"functionResponses":[{{{response}}}]}}""");
        await client.SendAsync("""{"realtimeInput":{"audio":5}}""");
        Assert.Contains(reason.Length == 0 ? "Invalid value at 'realtime_input.audio'" : reason, (await client.ReceiveCloseAsync()).Reason, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Developer(string version) => $"/ws/google.ai.generativelanguage.{version}.GenerativeService.BidiGenerateContent";

    private static string Vertex(string version) => $"/ws/google.cloud.aiplatform.{version}.LlmBidiService/BidiGenerateContent";

    private static string VertexModel(string id) => $"projects/p/locations/us-central1/publishers/google/models/{id}";

    // A setting that begins with a dot goes into generationConfig, in place of what the column has there.
    private static string Rest(string column, string setting)
    {
        string[] own = setting.StartsWith('.') ? [$"\"{setting[1..]}"] : [];
        var members = Columns[column].Generation.Where(member => own.Length == 0 || member.Split(':')[0] != own[0].Split(':')[0]).Concat(own);
        return $",\"generationConfig\":{{{string.Join(',', members)}}}{(own.Length == 0 ? setting : "")}";
    }

    private static CapabilityTable Table(string[] columns, params (string Setting, string[] Answers)[] rows) => new CapabilityTable().And(columns, rows);

    private Task<RawLiveClient> ConnectAsync(string column)
    {
        var isVertex = Columns[column].Model.StartsWith("projects", StringComparison.Ordinal);
        return RawLiveClient.ConnectAsync(_server, Columns[column].Path, isVertex ? "Authorization" : "x-goog-api-key", isVertex ? "Bearer ya29" : "key");
    }

    private async Task<RawLiveClient> OpenAsync(string column, string rest = "")
    {
        var client = await ConnectAsync(column);
        await client.SendSetupAsync(Columns[column].Model, Rest(column, rest));
        await client.ReceiveAsync("setupComplete");
        return client;
    }

    private sealed class CapabilityTable : TheoryData<string, string, string>
    {
        public CapabilityTable And(string[] columns, params (string Setting, string[] Answers)[] rows)
        {
            foreach (var (setting, answers) in rows)
            {
                Assert.Equal(columns.Length, answers.Length);
                for (var i = 0; i < columns.Length; i++)
                    Add(columns[i], setting, answers[i]);
            }
            return this;
        }
    }
}
