using Tools.Invocation;

namespace VoiceAgent.Observability.Tracing;

/// <summary>Names of spans and of their attributes, and what each says: what <c>docs/telemetry.md</c> is made of.</summary>
internal static class SpanCatalog
{
    public const string Call = "call";
    public const string Signalling = "signalling";
    public const string MediaStart = "media start";
    public const string LiveSetup = "live setup";
    public const string LiveReconnect = "live reconnect";
    public const string Turn = "turn";
    public const string Silence = "silence";

    public const string CallId = "voiceagent.call.id";
    public const string SipCallId = "sip.call_id";
    public const string Direction = "voiceagent.call.direction";
    public const string Agent = "voiceagent.agent";
    public const string Trunk = "voiceagent.trunk";
    public const string EndReason = "voiceagent.end_reason";
    public const string CallerNumber = "voiceagent.caller.number";
    public const string DialledNumber = "voiceagent.dialled.number";
    public const string Model = "gen_ai.request.model";
    public const string Provider = "gen_ai.provider.name";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string Planned = "voiceagent.reconnect.planned";
    public const string Cause = "voiceagent.cause";
    public const string EndedBy = "voiceagent.ended_by";
    public const string Interrupted = "voiceagent.turn.interrupted";
    public const string AudioMs = "voiceagent.turn.audio_ms";
    public const string LatencyMs = "voiceagent.turn.latency_ms";

    /// <summary>Each span: its name, what it covers, its attributes.</summary>
    public static IReadOnlyList<(string Name, string Meaning, string[] Attributes)> All { get; } =
    [
        (Call, "a call, from its INVITE to its end; status Error where it failed",
            [CallId, SipCallId, Direction, Agent, Trunk, EndReason, Provider, Model, InputTokens, OutputTokens, CallerNumber, DialledNumber]),
        (Signalling, "from the INVITE to the 200", []),
        (LiveSetup, "the first Live session: connecting and setup", [Provider, Model]),
        (MediaStart, "from the 200 to the first packet of the other side's audio", []),
        (Turn, "a turn of the agent: from the caller's last sound, where one came before it, to the end of what was heard", [LatencyMs, AudioMs, Interrupted]),
        (Silence, "half a second and more in which the caller waited", [Cause, EndedBy]),
        (LiveReconnect, "from the loss of a Live connection to the accepted setup of the next; status Error where there was none", [Provider, Planned, Cause]),
        ($"{ToolTracing.Operation} NAME", "a run of a tool; its context goes out with HTTP tools and MCP over HTTP as traceparent (W3C); status Error where it failed",
            [ToolTracing.OperationName, ToolTracing.ToolName, ToolTracing.Outcome, ToolTracing.Attempts]),
    ];

    /// <summary>What an attribute says.</summary>
    public static IReadOnlyDictionary<string, string> Meanings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [CallId] = "our id of the call, in every log line and in the record",
        [SipCallId] = "the Call-ID header",
        [Direction] = "inbound or outbound",
        [Agent] = "name of the agent",
        [Trunk] = "name of the trunk",
        [EndReason] = "why the call ended (EndReason)",
        [CallerNumber] = "who calls; with Telemetry:NumbersInTraces only",
        [DialledNumber] = "whom they dialled; with Telemetry:NumbersInTraces only",
        [Model] = "the model that was spoken to last",
        [Provider] = "gcp.gemini",
        [InputTokens] = "tokens of prompts",
        [OutputTokens] = "tokens of answers and thoughts",
        [Planned] = "true for a change-over before the service closed",
        [Cause] = "what was waited for, or why a connection was lost",
        [EndedBy] = "answer or filler",
        [Interrupted] = "whether the turn was cut short",
        [AudioMs] = "what of it was heard, in ms",
        [LatencyMs] = "from the caller's last sound to the agent's first, in ms",
        [ToolTracing.OperationName] = ToolTracing.Operation,
        [ToolTracing.ToolName] = "name of the tool",
        [ToolTracing.Outcome] = "how the run ended (ToolOutcome)",
        [ToolTracing.Attempts] = "attempts that were begun",
    };
}
