namespace GeminiLive.Tests.Messages;

/// <summary>Server messages of every kind the service is known to send.</summary>
internal static class Examples
{
    public static IReadOnlyList<string> Server { get; } =
    [
        """{"setupComplete":{}}""",
        """{"setupComplete":{"sessionId":"0d6f5a1e-0000-4000-8000-000000000001"}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"AAABAAIAAwA="}}]},"outputTranscription":{"text":"Good morning,"}}}""",
        """{"serverContent":{"outputTranscription":{"text":" how can I help?"}}}""",
        """{"serverContent":{"generationComplete":true}}""",
        """{"sessionResumptionUpdate":{"newHandle":"h-0001","resumable":true}}""",
        """
        {
          "serverContent": { "turnComplete": true },
          "usageMetadata": { "promptTokenCount": 312, "responseTokenCount": 48, "totalTokenCount": 360,
            "promptTokensDetails": [ { "modality": "TEXT", "tokenCount": 290 } ], "responseTokensDetails": [ { "modality": "AUDIO", "tokenCount": 48 } ] }
        }
        """,
        """{"serverContent":{"interrupted":true}}""",
        """{"serverContent":{"inputTranscription":{"text":" Only"}}}""",
        """{"toolCall":{"functionCalls":[{"id":"fc_3880300001","name":"lookup_order","args":{"number":"4417"}}]}}""",
        """{"sessionResumptionUpdate":{"resumable":false}}""",
        """{"sessionResumptionUpdate":{}}""",
        """{"serverContent":{}}""",
        """{"toolCallCancellation":{"ids":["fc_51"]}}""",
        """{"goAway":{"timeLeft":"49.500s"}}""",
        """{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""",
        """{"serverContent":{"modelTurn":{"parts":[{"text":"**Considering**\n\nhm","thought":true}]}}}""",
        """{"serverContent":{"outputTranscription":{"finished":true}}}""",
        """{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"},"usageMetadata":{"candidatesTokenCount":"7","trafficType":"ON_DEMAND"}}""",
        """{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1.250s"},"serverContent":{}}""",
        """{"serverContent":{"groundingMetadata":{"webSearchQueries":["a"],"groundingChunks":[{"web":{"uri":"u","title":"t"}}]}}}""",
        """{"voiceActivityDetectionSignal":{"vadSignalType":"VAD_SIGNAL_TYPE_SOS"}}""",
        """{"serverContent":{"waitingForInput":true,"inputTranscription":{"text":"Ja","languageCode":"de-DE"}},"interactionStatus":"IDLE"}""",
        """{"sessionResumptionUpdate":{"newHandle":"h","resumable":true,"lastConsumedClientMessageIndex":"17"}}""",
        """{"usageMetadata":{"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":4}],"toolUsePromptTokenCount":3,"cacheTokensDetails":[{"modality":"TEXT"}]}}""",
        """{"code":3,"message":"Bad"}""",
        """{"error":{"code":13,"message":"Internal error","status":"INTERNAL"}}""",
    ];
}
