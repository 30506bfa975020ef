using System.Text.Json;
using System.Text.Json.Serialization;
using VoiceAgent.Calls;

namespace VoiceAgent.WebConsole;

/// <summary>What a page is told in text on its socket, of a talk or a call that it listens to.</summary>
/// <param name="Type"><c>ready</c>, <c>refused</c>, <c>state</c>, <c>words</c>, <c>said</c>, <c>latency</c>, <c>step</c>, <c>clear</c>, <c>lost</c> or <c>end</c>.</param>
internal sealed record PageEvent(string Type)
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

    /// <summary>Sound that was not fetched in time and is lost to this listener, in ms.</summary>
    public double? LostMs { get; init; }

    /// <summary>What kind of step.</summary>
    public TimelineKind? Kind { get; init; }

    /// <summary>Why the call is over.</summary>
    public EndReason? Reason { get; init; }

    /// <summary>As it goes over the socket.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, PageEventJson.Default.PageEvent);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageEvent))]
internal sealed partial class PageEventJson : JsonSerializerContext;
