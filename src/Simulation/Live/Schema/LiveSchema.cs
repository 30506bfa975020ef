using static Simulation.Live.Schema.FieldKind;

namespace Simulation.Live.Schema;

/// <summary>The table of everything a Live client may send: messages, fields, kinds.</summary>
/// <remarks>Setup as it is on the Gemini Developer API; what is legal for which model is <see cref="SetupRules"/>' matter.</remarks>
internal static class LiveSchema
{
    private static readonly FieldSchema Text = new(FieldKind.Text, "TYPE_STRING");
    private static readonly FieldSchema Texts = Text with { IsRepeated = true };
    private static readonly FieldSchema Bool = new(FieldKind.Bool, "TYPE_BOOL");
    private static readonly FieldSchema Int32 = new(FieldKind.Int32, "TYPE_INT32");
    private static readonly FieldSchema Int64 = new(FieldKind.Int64, "TYPE_INT64");
    private static readonly FieldSchema Number = new(FieldKind.Number, "TYPE_FLOAT");
    private static readonly FieldSchema Bytes = new(FieldKind.Bytes, "TYPE_BYTES");
    private static readonly FieldSchema Struct = new(FieldKind.Struct, "google.protobuf.Struct");
    private static readonly FieldSchema Any = new(FieldKind.Any, "google.protobuf.Value");

    private static readonly MessageSchema Empty = new("Empty");
    private static readonly MessageSchema Blob = new MessageSchema("Blob").With("mimeType", Text).With("data", Bytes);
    private static readonly MessageSchema FileData = new MessageSchema("FileData").With("mimeType", Text).With("fileUri", Text);
    private static readonly MessageSchema Part = new MessageSchema("Part").With("text", Text).With("inlineData", Of(Blob)).With("fileData", Of(FileData));
    private static readonly MessageSchema Content = new MessageSchema("Content").With("parts", ListOf(Part)).With("role", Text);

    private static readonly MessageSchema VoiceConfig = new MessageSchema("VoiceConfig")
        .With("prebuiltVoiceConfig", Of(new MessageSchema("PrebuiltVoiceConfig").With("voiceName", Text)))
        .With("replicatedVoiceConfig", Of(new MessageSchema("ReplicatedVoiceConfig")
            .With("mimeType", Text).With("voiceSampleAudio", Bytes).With("consentAudio", Bytes).With("voiceConsentSignature", Any)));

    private static readonly MessageSchema SpeechConfig = new MessageSchema("SpeechConfig")
        .With("voiceConfig", Of(VoiceConfig)).With("languageCode", Text).With("multiSpeakerVoiceConfig", Any);

    private static readonly MessageSchema ThinkingConfig = new MessageSchema("ThinkingConfig")
        .With("thinkingBudget", Int32).With("includeThoughts", Bool)
        .With("thinkingLevel", Enum("ThinkingLevel", "THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH"));

    private static readonly MessageSchema GenerationConfig = new MessageSchema("GenerationConfig")
        .With("responseModalities", Enum("Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO") with { IsRepeated = true })
        .With("speechConfig", Of(SpeechConfig)).With("thinkingConfig", Of(ThinkingConfig)).With("enableAffectiveDialog", Bool)
        .With("temperature", Number).With("topP", Number).With("topK", Number).With("maxOutputTokens", Int32).With("seed", Int32)
        .With("presencePenalty", Number).With("frequencyPenalty", Number).With("candidateCount", Int32)
        .With("mediaResolution", Enum("MediaResolution", "MEDIA_RESOLUTION_UNSPECIFIED", "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM", "MEDIA_RESOLUTION_HIGH"))
        .With("translationConfig", Of(new MessageSchema("TranslationConfig").With("targetLanguageCode", Text).With("echoTargetLanguage", Bool)));

    private static readonly MessageSchema ParameterSchema = ParameterFields(new MessageSchema("Schema"));

    private static readonly MessageSchema FunctionDeclaration = new MessageSchema("FunctionDeclaration")
        .With("name", Text).With("description", Text).With("behavior", Enum("Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING"))
        .With("parameters", Of(ParameterSchema)).With("parametersJsonSchema", Any).With("response", Of(ParameterSchema)).With("responseJsonSchema", Any);

    private static readonly MessageSchema Tool = new MessageSchema("Tool")
        .With("functionDeclarations", ListOf(FunctionDeclaration)).With("googleSearch", Struct).With("codeExecution", Struct).With("urlContext", Struct)
        .With("fileSearch", Struct).With("googleMaps", Struct).With("computerUse", Struct).With("mcpServers", Any).With("retrieval", Struct)
        .With("enterpriseWebSearch", Struct).With("googleSearchRetrieval", Struct).With("exaAiSearch", Struct).With("parallelAiSearch", Struct);

    private static readonly MessageSchema ActivityDetection = new MessageSchema("AutomaticActivityDetection")
        .With("disabled", Bool).With("prefixPaddingMs", Int32).With("silenceDurationMs", Int32)
        .With("startOfSpeechSensitivity", Enum("StartSensitivity", "START_SENSITIVITY_UNSPECIFIED", "START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"))
        .With("endOfSpeechSensitivity", Enum("EndSensitivity", "END_SENSITIVITY_UNSPECIFIED", "END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"));

    private static readonly MessageSchema RealtimeInputConfig = new MessageSchema("RealtimeInputConfig")
        .With("automaticActivityDetection", Of(ActivityDetection)).With("interimTranscriptTimestampEnabled", Bool)
        .With("activityHandling", Enum("ActivityHandling", "ACTIVITY_HANDLING_UNSPECIFIED", "START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"))
        .With("turnCoverage", Enum("TurnCoverage", "TURN_COVERAGE_UNSPECIFIED", "TURN_INCLUDES_ONLY_ACTIVITY", "TURN_INCLUDES_ALL_INPUT",
            "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"));

    private static readonly MessageSchema Transcription = new MessageSchema("AudioTranscriptionConfig")
        .With("languageCodes", Texts).With("customVocabulary", Texts).With("wordTimestamp", Bool).With("diarization", Bool)
        .With("mode", Enum("Mode", "MODE_UNSPECIFIED", "VERBATIM", "SMART")).With("sourceText", Text)
        .With("languageAuto", Any).With("languageHints", Any).With("adaptationPhrases", Any);

    /// <summary>Inside of the <c>setup</c> message.</summary>
    public static MessageSchema Setup { get; } = new MessageSchema("BidiGenerateContentSetup")
        .With("model", Text).With("generationConfig", Of(GenerationConfig)).With("systemInstruction", Of(Content)).With("tools", ListOf(Tool))
        .With("realtimeInputConfig", Of(RealtimeInputConfig)).With("inputAudioTranscription", Of(Transcription)).With("outputAudioTranscription", Of(Transcription))
        .With("sessionResumption", Of(new MessageSchema("SessionResumptionConfig").With("handle", Text).With("transparent", Bool)))
        .With("contextWindowCompression", Of(new MessageSchema("ContextWindowCompressionConfig").With("triggerTokens", Int64)
            .With("slidingWindow", Of(new MessageSchema("SlidingWindow").With("targetTokens", Int64)))))
        .With("proactivity", Of(new MessageSchema("ProactivityConfig").With("proactiveAudio", Bool).With("proactiveVideo", Bool)))
        .With("historyConfig", Of(new MessageSchema("HistoryConfig").With("initialHistoryInClientContent", Bool)))
        .With("explicitVadSignal", Bool).With("avatarConfig", Any).With("labels", new FieldSchema(TextMap, "map<string, string>"))
        .With("safetySettings", ListOf(new MessageSchema("SafetySetting")
            .With("category", Enum("HarmCategory", "HARM_CATEGORY_UNSPECIFIED", "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH",
                "HARM_CATEGORY_SEXUALLY_EXPLICIT", "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY", "HARM_CATEGORY_JAILBREAK"))
            .With("threshold", Enum("HarmBlockThreshold", "HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE",
                "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"))
            .With("method", Enum("HarmBlockMethod", "HARM_BLOCK_METHOD_UNSPECIFIED", "SEVERITY", "PROBABILITY"))));

    /// <summary>Body of a request for an ephemeral token.</summary>
    public static MessageSchema AuthToken { get; } = new MessageSchema("AuthToken")
        .With("name", Text).With("uses", Int32).With("expireTime", Text).With("newSessionExpireTime", Text)
        .With("bidiGenerateContentSetup", Of(Setup)).With("fieldMask", Text);

    private static readonly MessageSchema RealtimeInput = new MessageSchema("BidiGenerateContentRealtimeInput")
        .With("audio", Of(Blob)).With("video", Of(Blob)).With("text", Text).With("audioStreamEnd", Bool)
        .With("activityStart", Of(Empty)).With("activityEnd", Of(Empty)).With("mediaChunks", ListOf(Blob));

    private static readonly MessageSchema ClientContent = new MessageSchema("BidiGenerateContentClientContent")
        .With("turns", ListOf(Content)).With("turnComplete", Bool);

    private static readonly MessageSchema FunctionResponse = new MessageSchema("FunctionResponse")
        .With("id", Text).With("name", Text).With("response", Struct).With("willContinue", Bool).With("parts", Any)
        .With("scheduling", Enum("Scheduling", "SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT"));

    private static readonly MessageSchema ToolResponse = new MessageSchema("BidiGenerateContentToolResponse")
        .With("functionResponses", ListOf(FunctionResponse));

    private static readonly MessageSchema ContextUpdate = new MessageSchema("BidiGenerateContentContextUpdate")
        .With("systemInstruction", Of(Content)).With("tools", Of(new MessageSchema("Tools").With("tools", ListOf(Tool))));

    /// <summary>The message around them all: exactly one of its fields is set.</summary>
    public static MessageSchema ClientMessage { get; } = new MessageSchema("BidiGenerateContentClientMessage")
        .With("setup", Of(Setup)).With("clientContent", Of(ClientContent)).With("realtimeInput", Of(RealtimeInput))
        .With("toolResponse", Of(ToolResponse)).With("contextUpdate", Of(ContextUpdate));

    // A schema holds schemas: the table refers to itself.
    private static MessageSchema ParameterFields(MessageSchema schema) => schema
        .With("type", Enum("Type", "TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"))
        .With("description", Text).With("title", Text).With("format", Text).With("pattern", Text).With("nullable", Bool)
        .With("enum", Texts).With("required", Texts).With("propertyOrdering", Texts).With("default", Any).With("example", Any)
        .With("items", Of(schema)).With("anyOf", ListOf(schema)).With("properties", new FieldSchema(MessageMap, schema.Name) { Message = schema })
        .With("minimum", Number).With("maximum", Number).With("minItems", Int64).With("maxItems", Int64)
        .With("minLength", Int64).With("maxLength", Int64).With("minProperties", Int64).With("maxProperties", Int64);

    private static FieldSchema Of(MessageSchema message) => new(Message, message.Name) { Message = message };

    private static FieldSchema ListOf(MessageSchema message) => Of(message) with { IsRepeated = true };

    private static FieldSchema Enum(string typeName, params string[] values) => new(FieldKind.Enum, typeName) { Values = values };
}
