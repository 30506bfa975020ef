using System.Text.Json.Serialization;
using Tools.Invocation;

namespace VoiceAgent.ToolCalls;

/// <summary>A result was handed to the Live session, or could not be; a signal to the call's loop.</summary>
/// <param name="Answer">The result.</param>
/// <param name="How">In what form.</param>
/// <param name="Timestamp">When, as a timestamp of the service's clock.</param>
internal sealed record ToolDelivered(ToolAnswer Answer, ToolDelivery How, long Timestamp);

/// <summary>In what form a result was handed to the Live session.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ToolDelivery>))]
public enum ToolDelivery
{
    /// <summary>Not at all: it was withdrawn, nobody asked again, or the call was over.</summary>
    Never,

    /// <summary>As the answer to the call; a session that has forgotten the call reads it in words.</summary>
    Response,

    /// <summary>In words, since the call had been answered with "started".</summary>
    Words,
}
