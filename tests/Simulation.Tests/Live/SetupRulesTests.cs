using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>What setup may hold, by the wire: one row for each rule of the capability table.</summary>
public sealed class SetupRulesTests(LiveServerFixture fixture) : IClassFixture<LiveServerFixture>
{
    private const string Live38 = "models/gemini-3.8-live";
    private const string Thinking38 = "models/gemini-3.8-live-extended-thinking";
    private const string Live31 = "models/gemini-3.1-flash-live-preview";
    private const string Native25 = "models/gemini-2.5-flash-native-audio-latest";

    private const string EverySetting = """
        "systemInstruction":{"parts":[{"text":"Be short."}]},
        "generationConfig":{"responseModalities":["AUDIO"],"temperature":0.7,"topK":40,"seed":7,
          "speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}},"languageCode":"de-DE"}},
        "realtimeInputConfig":{"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_LOW",
          "endOfSpeechSensitivity":"END_SENSITIVITY_LOW","prefixPaddingMs":200,"silenceDurationMs":700},
          "activityHandling":"START_OF_ACTIVITY_INTERRUPTS","turnCoverage":"TURN_INCLUDES_ONLY_ACTIVITY"},
        "inputAudioTranscription":{},"outputAudioTranscription":{},"sessionResumption":{},
        "contextWindowCompression":{"triggerTokens":"25000","slidingWindow":{"targetTokens":10000}},
        "tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"book","description":"d","behavior":"BLOCKING","parameters":{"type":"OBJECT",
          "properties":{"day":{"type":"STRING","enum":["Mon"],"format":"enum"},"list":{"type":"ARRAY","items":{"type":"INTEGER"},"minItems":"1"}},"required":["day"]}}]}]
        """;

    private readonly SimulatedLive _server = fixture.Server;

    [Theory]
    [InlineData(Live38, "")]
    [InlineData(Live38, "," + EverySetting)]
    [InlineData(Thinking38, ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}},"tools":[{"functionDeclarations":[{"name":"f","behavior":"NON_BLOCKING"}]}]""")]
    [InlineData(Live31, ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}},"historyConfig":{"initialHistoryInClientContent":true},"tools":[{"codeExecution":{}}]""")]
    [InlineData(Native25, ""","generationConfig":{"thinkingConfig":{"thinkingBudget":0}}""")]
    public async Task Legal_setup_is_completed(string model, string rest)
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync($$"""{"setup":{"model":"{{model}}"{{rest}} } }""");
        await client.ReceiveAsync("setupComplete");
    }

    [Theory]
    // Unknown names, at every depth, with the path as the service words it.
    [InlineData(Live38, ""","turnDetection":{}""", "Invalid JSON payload received. Unknown name \"turnDetection\" at 'setup': Cannot find field.")]
    [InlineData(Live38, ""","toolConfig":{}""", "Unknown name \"toolConfig\" at 'setup'")]
    [InlineData(Live38, ""","generationConfig":{"responseSchema":{}}""", "Unknown name \"responseSchema\" at 'setup.generation_config'")]
    [InlineData(Live38, ""","generationConfig":{"speechConfig":{"voice":"Kore"}}""", "Unknown name \"voice\" at 'setup.generation_config.speech_config'")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"OBJECT","additionalProperties":false}}]}]""",
        "Unknown name \"additionalProperties\" at 'setup.tools[0].function_declarations[0].parameters'")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"OBJECT","properties":{"x":{"$ref":"#"}}}}]}]""",
        "Unknown name \"$ref\" at 'setup.tools[0].function_declarations[0].parameters.prop")]

    // Wrong types and values.
    [InlineData(Live38, ""","systemInstruction":"Be short."}""", "Invalid JSON payload received.")]
    [InlineData(Live38, ""","systemInstruction":"Be short." """, "Invalid value at 'setup.system_instruction' (Content), \"Be short.\"")]
    [InlineData(Live38, ""","inputAudioTranscription":null""", "Invalid value at 'setup.input_audio_transcription'")]
    [InlineData(Live38, ""","explicitVadSignal":"yes" """, "Invalid value at 'setup.explicit_vad_signal' (TYPE_BOOL)")]
    [InlineData(Live38, ""","tools":{}""", "Invalid value at 'setup.tools'")]
    [InlineData(Live38, ""","realtimeInputConfig":{"activityHandling":"NEVER"}""", "Invalid value at 'setup.realtime_input_config.activity_handling' (ActivityHandling), \"NEVER\"")]
    [InlineData(Live38, ""","realtimeInputConfig":{"automaticActivityDetection":{"silenceDurationMs":1.5}}""", "silence_duration_ms' (TYPE_INT32), 1.5")]
    [InlineData(Live38, ""","realtimeInputConfig":{"automaticActivityDetection":{"prefixPaddingMs":-1}}""", "Invalid value at 'setup.realtime_input_config")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a","parameters":{"type":"object"}}]}]""", "parameters.type' (Type), \"object\"")]
    [InlineData(Live38, ""","contextWindowCompression":{"triggerTokens":"many"}""", "trigger_tokens' (TYPE_INT64), \"many\"")]
    [InlineData(Live38, ""","generationConfig":{"temperature":3}""", "temperature")]
    [InlineData(Live38, ""","labels":{"team":5}""", "setup.labels[team]")]

    // What a family does not take.
    [InlineData(Live38, ""","generationConfig":{"responseModalities":["TEXT"]}""", "response modalities (TEXT) are not supported")]
    [InlineData(Live38, ""","generationConfig":{"responseModalities":["AUDIO","TEXT"]}""", "response modalities (AUDIO, TEXT)")]
    [InlineData(Live38, ""","generationConfig":{"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"kore"}}}}""", "voice api_name 'kore'")]
    [InlineData(Live38, ""","generationConfig":{"speechConfig":{"languageCode":"xx-XX"}}""", "language code 'xx-XX'")]
    [InlineData(Live38, ""","generationConfig":{"speechConfig":{"multiSpeakerVoiceConfig":{}}}""", "multi_speaker")]
    [InlineData(Live38, ""","generationConfig":{"thinkingConfig":{}}""", "thinking_config is not supported")]
    [InlineData(Live38, ""","generationConfig":{"enableAffectiveDialog":true}""", "enableAffectiveDialog")]
    [InlineData(Live38, ""","proactivity":{"proactiveAudio":false}""", "proactive_audio")]
    [InlineData(Live38, ""","sessionResumption":{"transparent":true}""", "transparent is not supported")]
    [InlineData(Live38, ""","explicitVadSignal":true""", "explicit_vad_signal")]
    [InlineData(Live38, ""","tools":[{"codeExecution":{}}]""", "Tool code_execution is not supported")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a b"}]}]""", "Invalid function name 'a b'")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a"},{"name":"a"}]}]""", "Duplicate function declaration found: a")]
    [InlineData(Live38, ""","tools":[{"functionDeclarations":[{"name":"a","parameters":{},"parametersJsonSchema":{}}]}]""", "mutually exclusive")]
    [InlineData(Thinking38, "", "thinking_level must be LOW, MEDIUM or HIGH")]
    [InlineData(Thinking38, ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}""", "thinking_level must be")]
    [InlineData(Thinking38, ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}},"tools":[{"functionDeclarations":[{"name":"a","behavior":"BLOCKING"}]}]""", "only behavior NON_BLOCKING")]
    [InlineData(Live31, ""","generationConfig":{"thinkingConfig":{"thinkingBudget":5}}""", "use thinking_level")]
    [InlineData(Native25, ""","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}""", "use thinking_budget")]
    [InlineData(Native25, ""","generationConfig":{"enableAffectiveDialog":true}""", "Unknown name \"enableAffectiveDialog\"")]
    [InlineData(Native25, ""","proactivity":{"proactiveAudio":true}""", "Unknown name \"proactivity\"")]
    [InlineData(Native25, ""","tools":[{"googleSearch":{}},{"functionDeclarations":[{"name":"a"}]}]""", "unsupported together with google_search")]
    public async Task Illegal_setup_closes_with_1007_and_names_the_fault(string model, string rest, string reason)
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync($$"""{"setup":{"model":"{{model}}"{{rest}} } }""");
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1007, close.Code);
        Assert.Contains(reason, close.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models/no-such-model")]
    [InlineData("gemini-3.8-live")]
    public async Task Unknown_model_closes_with_1008(string model)
    {
        await using var client = await RawLiveClient.ConnectAsync(_server.Endpoint);
        await client.SendAsync($$"""{"setup":{"model":"{{model}}" } }""");
        var close = await client.ReceiveCloseAsync();
        Assert.Equal(1008, close.Code);
        Assert.StartsWith($"{model} is not found for API version v1beta, or is not supported for bidiGener", close.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Affective_dialog_and_proactivity_are_for_2_5_on_v1alpha()
    {
        await using var client = await RawLiveClient.ConnectAsync(new Uri(_server.Endpoint.AbsoluteUri.Replace("v1beta", "v1alpha", StringComparison.Ordinal)));
        await client.SendAsync($$"""{"setup":{"model":"{{Native25}}","generationConfig":{"enableAffectiveDialog":true},"proactivity":{"proactiveAudio":true } } }""");
        await client.ReceiveAsync("setupComplete");
    }

    [Fact]
    public async Task Affective_dialog_on_3_1_is_never_answered()
    {
        await using var server = await SimulatedLive.StartAsync(new(), TimeProvider.System);
        await using var client = await RawLiveClient.ConnectAsync(server.Endpoint);
        await client.SendAsync($$"""{"setup":{"model":"{{Live31}}","generationConfig":{"enableAffectiveDialog":true } } }""");
        var session = await server.WaitForSessionAsync(1, TimeSpan.FromSeconds(5));
        await session.WaitForAsync(SessionEventKind.SetupReceived, TimeSpan.FromSeconds(5));

        // The next message is read after the setup was dealt with: that it is refused as early proves that nothing was completed.
        await client.SendAsync(RawLiveClient.Audio(new short[320]));
        Assert.Contains("before setupComplete", (await client.ReceiveCloseAsync()).Reason, StringComparison.Ordinal);
    }
}
