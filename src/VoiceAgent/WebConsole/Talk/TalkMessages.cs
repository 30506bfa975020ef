using System.Text.Json;
using System.Text.Json.Serialization;
using VoiceAgent.Calls;

namespace VoiceAgent.WebConsole.Talk;

/// <summary>What a page says in text on the socket of a talk.</summary>
/// <param name="Type"><c>start</c>, once and first, or <c>digit</c>; to hang up it closes the socket.</param>
/// <param name="Agent">With <c>start</c>: the agent; null for the default one.</param>
/// <param name="From">With <c>start</c>: the number that the agent shall take the caller to call from.</param>
/// <param name="Variables">With <c>start</c>: what the agent is told for this call.</param>
/// <param name="Digit">With <c>digit</c>: the key.</param>
internal sealed record TalkRequest(string? Type, string? Agent, string? From, Dictionary<string, string>? Variables, string? Digit);

/// <summary>What a page is told in text on the socket of a talk.</summary>
/// <param name="Type"><c>ready</c>, <c>refused</c>, <c>state</c>, <c>words</c>, <c>said</c>, <c>latency</c>, <c>step</c>, <c>clear</c> or <c>end</c>.</param>
internal sealed record TalkEvent(string Type)
{
    /// <summary>Our id of the call.</summary>
    public string? CallId { get; init; }

    /// <summary>Its key in the archive.</summary>
    public string? Key { get; init; }

    /// <summary>The agent that answers.</summary>
    public string? Agent { get; init; }

    /// <summary>Why there is no call.</summary>
    public string? Message { get; init; }

    /// <summary>The state that the call is in now.</summary>
    public CallState? State { get; init; }

    /// <summary><c>caller</c> or <c>agent</c>.</summary>
    public string? Speaker { get; init; }

    /// <summary>Their words: so far, or of a whole turn; or the step in words.</summary>
    public string? Text { get; init; }

    /// <summary>What of the turn was heard; null when all of it was.</summary>
    public string? Heard { get; init; }

    /// <summary>What of it was not heard; null when there is nothing of the kind.</summary>
    public string? Unheard { get; init; }

    /// <summary>From the caller's last word to the agent's first, in ms.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>What kind of step.</summary>
    public TimelineKind? Kind { get; init; }

    /// <summary>Why the call is over.</summary>
    public EndReason? Reason { get; init; }

    /// <summary>As it goes over the socket.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TalkJson.Default.TalkEvent);
}

/// <summary>The agents that somebody may talk to.</summary>
/// <param name="Agents">Their names.</param>
/// <param name="Default">The one that answers where none is named.</param>
/// <param name="MaxTalks">Talks at once; 0 where none is to be had.</param>
internal sealed record AgentsView(IReadOnlyList<string> Agents, string Default, int MaxTalks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TalkRequest))]
[JsonSerializable(typeof(TalkEvent))]
[JsonSerializable(typeof(AgentsView))]
internal sealed partial class TalkJson : JsonSerializerContext;
