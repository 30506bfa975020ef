using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeminiLive.Tests.Capabilities;

/// <summary>Each session setting, written as a person would, in the setup that a strict service received and accepted.</summary>
public sealed class SetupCapabilityTests
{
    private const string Model25 = "gemini-2.5-flash-native-audio-preview-12-2025";
    private const string Model31 = "gemini-3.1-flash-live-preview";
    private const string ModelThinking = "gemini-3.8-live-extended-thinking";

    [Theory]
    [InlineData("gemini-3.8-live", null)]
    [InlineData(ModelThinking, """{"thinkingLevel":"LOW"}""")]
    [InlineData(Model31, null)]
    [InlineData(Model25, null)]
    public async Task Model_gets_its_legal_defaults(string model, string? thinking)
    {
        var setup = await CapabilityRig.SentAsync($$"""{ "Live": { "Model": "{{model}}" } }""");
        Assert.Equal("models/" + model, setup.GetProperty("model").GetString());
        AssertAt(setup, "generationConfig.thinkingConfig", thinking);
        AssertAt(setup, "generationConfig.responseModalities", """["AUDIO"]""");
        AssertAt(setup, "proactivity", null);
        AssertAt(setup, "generationConfig.enableAffectiveDialog", null);
        AssertAt(setup, "historyConfig", null);
        AssertAt(setup, "tools", null);
    }

    [Fact]
    public async Task Voice_and_language_are_the_agents_own_before_the_services()
    {
        var setup = await CapabilityRig.SentAsync("""{ "Live": { "Voice": "Kore" }, "Agents": { "Profiles": { "a": { "Voice": "Puck", "LanguageCode": "de-DE" } } } }""");
        AssertAt(setup, "generationConfig.speechConfig", """{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Puck"}},"languageCode":"de-DE"}""");
    }

    [Fact]
    public async Task Sampling_is_sent()
    {
        var setup = await CapabilityRig.SentAsync("""{ "Live": { "Temperature": 0.7, "TopP": 0.9, "TopK": 40, "MaxOutputTokens": 2048, "Seed": 7 } }""");
        foreach (var (key, value) in new[] { ("temperature", "0.7"), ("topP", "0.9"), ("topK", "40"), ("maxOutputTokens", "2048"), ("seed", "7") })
            AssertAt(setup, "generationConfig." + key, value);
    }

    [Fact]
    public async Task Safety_settings_are_sent_with_their_whole_names()
    {
        var setup = await CapabilityRig.SentAsync("""{ "Live": { "SafetySettings": [ { "Category": "HARASSMENT", "Threshold": "block_only_high" } ] } }""");
        AssertAt(setup, "safetySettings", """[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_ONLY_HIGH"}]""");
    }

    [Fact]
    public async Task Media_resolution_is_sent() =>
        AssertAt(await CapabilityRig.SentAsync("""{ "Live": { "MediaResolution": "LOW" } }"""), "generationConfig.mediaResolution", "\"MEDIA_RESOLUTION_LOW\"");

    [Fact]
    public async Task Instructions_are_sent() => AssertAt(
        await CapabilityRig.SentAsync("{}", config => config with { SystemInstruction = "Be brief." }), "systemInstruction", """{"parts":[{"text":"Be brief."}]}""");

    [Theory]
    [InlineData(Model25, """{ "Budget": 0, "IncludeThoughts": true }""", """{"thinkingBudget":0,"includeThoughts":true}""")]
    [InlineData(Model31, """{ "Level": "minimal" }""", """{"thinkingLevel":"MINIMAL"}""")]
    [InlineData(ModelThinking, """{ "Level": "HIGH" }""", """{"thinkingLevel":"HIGH"}""")]
    public async Task Thinking_is_a_budget_or_a_level_by_family(string model, string thinking, string expected) => AssertAt(
        await CapabilityRig.SentAsync($$"""{ "Live": { "Model": "{{model}}", "Thinking": {{thinking}} } }"""), "generationConfig.thinkingConfig", expected);

    [Theory]
    [InlineData($$"""{ "Live": { "Model": "{{Model25}}", "ApiVersion": "v1alpha", "AffectiveDialog": true } }""")]
    [InlineData("""{ "Live": { "Backend": "Vertex", "Project": "p", "Location": "l", "Model": "gemini-live-2.5-flash-native-audio", "AffectiveDialog": true } }""")]
    public async Task Affective_dialog_is_asked_for(string json) => AssertAt(await CapabilityRig.SentAsync(json), "generationConfig.enableAffectiveDialog", "true");

    [Theory]
    [InlineData($$"""{ "Live": { "Model": "{{Model25}}", "ApiVersion": "v1alpha", "ProactiveAudio": true } }""")]
    [InlineData("""{ "Live": { "Backend": "Vertex", "Project": "p", "Location": "l", "Model": "gemini-live-2.5-flash-native-audio", "ProactiveAudio": true } }""")]
    public async Task Proactive_audio_is_asked_for(string json) => AssertAt(await CapabilityRig.SentAsync(json), "proactivity", """{"proactiveAudio":true}""");

    [Fact]
    public async Task Automatic_activity_detection_has_all_its_parameters()
    {
        var setup = await CapabilityRig.SentAsync("""
            { "Live": { "ActivityDetection": { "StartSensitivity": "HIGH", "EndSensitivity": "END_SENSITIVITY_HIGH", "PrefixPaddingMs": 100, "SilenceDurationMs": 900,
              "ActivityHandling": "NO_INTERRUPTION", "TurnCoverage": "ALL_INPUT" } } }
            """);
        AssertAt(setup, "realtimeInputConfig", """
            {"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_HIGH","endOfSpeechSensitivity":"END_SENSITIVITY_HIGH","prefixPaddingMs":100,
             "silenceDurationMs":900},"activityHandling":"NO_INTERRUPTION","turnCoverage":"TURN_INCLUDES_ALL_INPUT"}
            """);
    }

    [Fact]
    public async Task Manual_activity_detection_switches_the_services_off() => AssertAt(
        await CapabilityRig.SentAsync("""{ "Live": { "ActivityDetection": { "Mode": "Manual" } } }"""),
        "realtimeInputConfig.automaticActivityDetection", """{"disabled":true}""");

    [Fact]
    public async Task Null_leaves_activity_detection_to_the_service()
    {
        var setup = await CapabilityRig.SentAsync("""
            { "Live": { "ActivityDetection": { "StartSensitivity": null, "EndSensitivity": null, "PrefixPaddingMs": null, "SilenceDurationMs": null } } }
            """);
        AssertAt(setup, "realtimeInputConfig.automaticActivityDetection", "{}");
    }

    [Fact]
    public async Task Transcription_takes_languages_and_on_vertex_a_vocabulary_and_can_be_off()
    {
        var setup = await CapabilityRig.SentAsync("""
            { "Live": { "Backend": "Vertex", "Project": "p", "Location": "l", "OutputTranscription": { "Enabled": false },
              "InputTranscription": { "LanguageCodes": [ "de-DE", "en-US" ], "CustomVocabulary": [ "Sulafat" ] } } }
            """);
        AssertAt(setup, "inputAudioTranscription", """{"languageCodes":["de-DE","en-US"],"customVocabulary":["Sulafat"]}""");
        AssertAt(setup, "outputAudioTranscription", null);
    }

    [Theory]
    [InlineData("gemini-3.8-live", "\"BLOCKING\"", "\"NON_BLOCKING\"")]
    [InlineData(Model25, "\"BLOCKING\"", "\"NON_BLOCKING\"")]
    [InlineData(ModelThinking, "\"NON_BLOCKING\"", "\"NON_BLOCKING\"")]
    [InlineData(Model31, null, null)]
    public async Task Functions_say_their_behavior_where_the_family_has_a_choice(string model, string? blocking, string? async)
    {
        var parameters = JsonDocument.Parse("""{"type":"OBJECT","properties":{"number":{"type":"STRING"}},"required":["number"]}""").RootElement;
        var setup = await CapabilityRig.SentAsync($$"""{ "Live": { "Model": "{{model}}" } }""", config => config with
        {
            Functions = [new("look_up", "Looks up an order.", parameters, LiveBehavior.Blocking), new("note", "Notes it.", Parameters: null, LiveBehavior.NonBlocking)],
        });
        var functions = setup.GetProperty("tools")[0].GetProperty("functionDeclarations");
        Assert.Equal(["look_up", "note"], functions.EnumerateArray().Select(f => f.GetProperty("name").GetString()));
        AssertAt(functions[0], "parameters.type", "\"OBJECT\"");
        AssertAt(functions[1], "parameters", null);
        AssertAt(functions[0], "behavior", blocking);
        AssertAt(functions[1], "behavior", async);
    }

    [Fact]
    public async Task Google_search_is_declared_beside_functions()
    {
        var setup = await CapabilityRig.SentAsync("""{ "Live": { "GoogleSearch": true } }""",
            config => config with { Functions = [new("note", "Notes it.", Parameters: null, LiveBehavior.Blocking)] });
        AssertAt(setup.GetProperty("tools")[1], "googleSearch", "{}");
    }

    [Fact]
    public async Task Session_life_is_configured()
    {
        AssertAt(await CapabilityRig.SentAsync("""{ "Live": { "ContextCompression": { "TriggerTokens": 30000, "TargetTokens": 9000 } } }"""),
            "contextWindowCompression", """{"triggerTokens":"30000","slidingWindow":{"targetTokens":"9000"}}""");
        var off = await CapabilityRig.SentAsync("""{ "Live": { "ContextCompression": { "Enabled": false }, "Resumption": false } }""");
        AssertAt(off, "contextWindowCompression", null);
        AssertAt(off, "sessionResumption", null);
        AssertAt(await CapabilityRig.SentAsync("""{ "Live": { "Backend": "Vertex", "Project": "p", "Location": "l", "TransparentResumption": true } }"""),
            "sessionResumption", """{"transparent":true}""");
    }

    [Theory]
    [InlineData(Model31, """{"initialHistoryInClientContent":true}""")]
    [InlineData(Model25, null)]
    [InlineData("gemini-3.8-live", null)]
    public async Task History_is_announced_where_the_family_wants_it(string model, string? expected)
    {
        await using var rig = await CapabilityRig.StartAsync($$"""{ "Live": { "Model": "{{model}}" } }""");
        var config = rig.Factory.Configure() with { History = [new(LiveRole.User, "Hello."), new(LiveRole.Model, "Good morning.")] };
        AssertAt(Setup(config, handle: null), "historyConfig", expected);
        AssertAt(Setup(config, "h-1"), "historyConfig", null);
    }

    private static JsonElement Setup(LiveSessionConfig config, string? handle) =>
        JsonDocument.Parse(GeminiLive.Messages.SetupMessage.Write(config, config.Targets[0], handle)).RootElement.GetProperty("setup");

    private static void AssertAt(JsonElement setup, string path, string? expected)
    {
        JsonNode? node = JsonObject.Create(setup);
        foreach (var name in path.Split('.'))
            node = node?[name];
        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), node), $"{path} is {node?.ToJsonString()}");
    }
}
