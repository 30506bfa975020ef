using System.Text.Json.Serialization;
using Tools;
using Tools.Invocation;

namespace VoiceAgent.ToolCalls;

/// <summary>One call of a tool, as the call's record keeps it.</summary>
public sealed record ToolEntry
{
    /// <summary>When the model called, in ms since admission.</summary>
    public required double AtMs { get; init; }

    /// <summary>Name of the tool, as the model wrote it.</summary>
    public required string Tool { get; init; }

    /// <summary>The arguments as JSON, redacted.</summary>
    public required string Arguments { get; init; }

    /// <summary>Key of the run: in the ledger, and sent to HTTP tools as idempotency key.</summary>
    public required string Key { get; init; }

    /// <summary>Whether the model waited.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ToolBehavior>))]
    public ToolBehavior Behavior { get; init; }

    /// <summary>When the model was to speak of the result; null where it waited.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ToolScheduling>))]
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<ToolOutcome>))]
    public ToolOutcome Outcome { get; init; }

    /// <summary>From the model's call to the start of the work, in ms; null when it never started.</summary>
    public double? StartedAfterMs { get; init; }

    /// <summary>From the model's call to the end of the work, in ms; null while it runs.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Size of the result as JSON, in bytes.</summary>
    public int ResultBytes { get; init; }

    /// <summary>The result as JSON, redacted and shortened; empty for none.</summary>
    public string Result { get; init; } = "";

    /// <summary>Tries, the good one included.</summary>
    public int Attempts { get; init; }

    /// <summary>Key of the call whose result answered this one, when it was a repetition; null otherwise.</summary>
    public string? DuplicateOf { get; init; }

    /// <summary>What was undone, why it was cancelled, or the like; empty for nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>How the result was handed to the model.</summary>
    public ToolDelivery Delivered { get; init; }

    /// <summary>From the end of the work to the handing over, in ms; null when it never was.</summary>
    public double? DeliveredAfterMs { get; init; }

    /// <summary>Whether the caller heard the agent speak after the result had been handed over; null for a result that was not to be spoken of.</summary>
    public bool? HeardByCaller { get; init; }
}
