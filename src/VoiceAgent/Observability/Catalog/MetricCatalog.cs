namespace VoiceAgent.Observability.Catalog;

/// <summary>The tags of each metric, which its instrument does not tell: what <c>docs/telemetry.md</c> is made of, and what a test holds against the tags that come.</summary>
internal static class MetricCatalog
{
    private const string EndReason = "why, as the record has it (EndReason)";
    private const string Tool = "name of the tool, (others) after a thousand";
    private const string Project = "whose quota (Cluster:LiveProject)";
    private const string Trunk = "name of the trunk, none for a call by none";

    /// <summary>Name of the instrument, and its tags, each with what it says.</summary>
    public static IReadOnlyDictionary<string, (string Tag, string Meaning)[]> Tags { get; } = new Dictionary<string, (string, string)[]>(StringComparer.Ordinal)
    {
        ["voiceagent.calls.ended"] = [("reason", EndReason)],
        ["voiceagent.silence.steps"] = [("action", "what was done (SilenceAction)"), ("cause", "what was waited for (SilenceCause)")],
        ["voiceagent.dead_air"] = [("cause", "model, tool, reconnect or network"), ("ended_by", "answer or filler")],
        ["voiceagent.live.reconnects"] = [("planned", "true for a change-over before the service closed"), ("succeeded", "whether the session was had back")],
        ["voiceagent.live.tokens"] = [("kind", "prompt, response, thought, tool_use or cached")],
        ["voiceagent.rtp.packets.received"] = [("trunk", Trunk)],
        ["voiceagent.rtp.packets.sent"] = [("trunk", Trunk)],
        ["voiceagent.rtp.packets.lost"] = [("trunk", Trunk)],
        ["voiceagent.rtp.loss"] = [("trunk", Trunk)],
        ["voiceagent.rtp.mos"] = [("trunk", Trunk)],
        ["voiceagent.rtp.jitter"] = [("trunk", Trunk)],
        ["voiceagent.rtp.round_trip"] = [("trunk", Trunk)],
        ["voiceagent.tools.calls"] = [("tool", Tool), ("outcome", "how it ended (ToolOutcome)"), ("repeated", "whether it repeated an earlier call")],
        ["voiceagent.tools.running"] = [("tool", Tool)],
        ["voiceagent.tools.duration"] = [("tool", Tool)],
        ["voiceagent.tools.start_delay"] = [("tool", Tool)],
        ["voiceagent.tools.delivery_delay"] = [("tool", Tool), ("how", "how the model was told (ToolDelivery)")],
        ["voiceagent.cluster.sessions.limit"] = [("project", Project)],
        ["voiceagent.cluster.sessions.held"] = [("project", Project)],
        ["voiceagent.cluster.sessions.used"] = [("project", Project)],
        ["telephony.calls.refused"] = [("status", "SIP status of the refusal")],
        ["telephony.calls.ended"] = [("reason", "why (CallEndReason)")],
        ["telephony.calls.signed_identities"] = [("verdict", "what the signature is worth (StirVerdict)")],
        ["telephony.media.packets.refused"] = [("reason", "foreign, malformed, unauthenticated or replayed")],
        ["media.clock.mode"] = [("waiter", "what it waits with: epoll, or sleep where there is none")],
        ["voiceagent.sip.messages.dropped"] = [("reason", "malformed, queue_full, table_full, stranger, banned, too_many, stray_response or stray_ack")],
        ["voiceagent.sip.connections.closed"] = [("reason", "why (CloseReason)")],
        ["voiceagent.sip.logins"] = [("result", "what the credentials proved")],
        ["voiceagent.sip.trunks.registers"] = [("trunk", "name of the trunk"), ("outcome", "how it ended")],
        ["voiceagent.sip.trunks.up"] = [("trunk", "name of the trunk")],
    };

    /// <summary>The tags of a metric; none for one without.</summary>
    public static (string Tag, string Meaning)[] Of(string instrument) => Tags.GetValueOrDefault(instrument, []);
}
