using System.Text.Json.Serialization;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Webhooks;

/// <summary>The events that other systems can be told of.</summary>
internal static class WebhookEvents
{
    /// <summary>A call was admitted, or is being made.</summary>
    public const string Started = "call.started";

    /// <summary>It was answered.</summary>
    public const string Answered = "call.answered";

    /// <summary>It is over.</summary>
    public const string Ended = "call.ended";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Started, Answered, Ended];
}

/// <summary>What is posted.</summary>
/// <param name="Type">One of <see cref="WebhookEvents.All"/>.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">The call.</param>
internal sealed record WebhookEvent(string Type, DateTimeOffset Timestamp, WebhookCall Data);

/// <summary>A call as events tell it: what the record has, masked as it is, without what was said.</summary>
internal sealed record WebhookCall
{
    /// <summary>Our id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The Call-ID header.</summary>
    public required string SipCallId { get; init; }

    /// <summary>Name of the service among those that share a database.</summary>
    public required string Instance { get; init; }

    /// <summary>Who called whom.</summary>
    public CallDirection Direction { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Number of the caller; null when not known.</summary>
    public string? Caller { get; init; }

    /// <summary>Number that was dialled.</summary>
    public required string Dialled { get; init; }

    /// <summary>Name of the trunk; null for none.</summary>
    public string? Trunk { get; init; }

    /// <summary>Name of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>From its begin to the answer, in ms; null when there is none.</summary>
    public double? AnsweredAfterMs { get; init; }

    /// <summary>From its begin to its end, in ms; null while it runs.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Why it ended; null while it runs.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<EndReason>))]
    public EndReason? EndReason { get; init; }

    /// <summary>What became of a call that we made; null for others, and while it runs.</summary>
    public DialResult? Result { get; init; }

    /// <summary>Times that the caller cut the agent short; null while it runs.</summary>
    public int? Interruptions { get; init; }

    /// <summary>Mean opinion score of the caller's audio; null when there was none, and while it runs.</summary>
    public double? Mos { get; init; }

    /// <summary>Cost of the model in US dollars; null when not known, and while it runs.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Length of the recording of its sound, in seconds; null when there is none, and while it runs.</summary>
    public double? RecordedSeconds { get; init; }

    /// <summary>What happened, in plain words; null while it runs.</summary>
    public IReadOnlyList<string>? Summary { get; init; }

    /// <summary>Reads a record, on the call's loop.</summary>
    public static WebhookCall Of(CallRecord record, string instance, bool isOver)
    {
        var call = new WebhookCall
        {
            CallId = record.CallId,
            SipCallId = record.SipCallId,
            Instance = instance,
            Direction = record.Direction,
            StartedAt = record.StartedAt,
            Caller = record.CallerNumber,
            Dialled = record.DialledNumber,
            Trunk = record.Trunk,
            Agent = record.Agent,
            AnsweredAfterMs = record.AnsweredAfterMs,
        };
        return !isOver ? call : call with
        {
            DurationMs = record.DurationMs,
            EndReason = record.EndReason,
            Result = record.Result,
            Interruptions = record.Interruptions,
            Mos = record.Media?.Mos,
            CostUsd = record.Usage?.CostUsd,
            RecordedSeconds = record.Recording?.Seconds,
            Summary = CallExplanation.Of(record),
        };
    }
}

/// <summary>The JSON of events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookEvent))]
internal sealed partial class WebhookJson : JsonSerializerContext;
