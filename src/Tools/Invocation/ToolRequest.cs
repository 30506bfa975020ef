using System.Text.Json;

namespace Tools.Invocation;

/// <summary>One call of the model, on its way to a tool.</summary>
/// <param name="Id">The model's own id of the call, or one made up where it gives none; unique among the running calls of a phone call.</param>
/// <param name="Name">Name of the tool, as the model wrote it.</param>
/// <param name="ArgumentsJson">A JSON object.</param>
public sealed record ToolRequest(string Id, string Name, string ArgumentsJson);

/// <summary>An answer for the model.</summary>
/// <param name="Request">The call that it answers.</param>
/// <param name="Tool">The tool that ran; null when there is none of that name.</param>
/// <param name="Response">A JSON object: <c>{"output": ...}</c> or <c>{"error": "..."}</c>.</param>
/// <param name="Scheduling">When the model shall speak of it; for tools that it does not wait for.</param>
/// <param name="WillContinue">True for news of a run that is not over.</param>
/// <param name="Outcome">How the run ended; <see cref="ToolOutcome.Running"/> while it is not over.</param>
public sealed record ToolAnswer(ToolRequest Request, Tool? Tool, JsonElement Response, ToolScheduling Scheduling, bool WillContinue, ToolOutcome Outcome)
{
    /// <summary>Key of the run in the ledger and the record; the first run's for a repeated call.</summary>
    public required string InvocationKey { get; init; }

    /// <summary>True when the model waits for it.</summary>
    public bool IsBlocking => Tool is null || Tool.Policy.Behavior == ToolBehavior.Blocking;
}

/// <summary>How a run ended.</summary>
public enum ToolOutcome
{
    /// <summary>It has not.</summary>
    Running,

    /// <summary>With a result.</summary>
    Succeeded,

    /// <summary>With a failure that leaves nothing done.</summary>
    Failed,

    /// <summary>Out of time, or with a failure after which nobody knows whether anything was done.</summary>
    Unknown,

    /// <summary>The call was never run: no such tool, wrong arguments, not confirmed, too many at once, no ledger.</summary>
    Refused,

    /// <summary>Cancelled before it had done anything.</summary>
    Cancelled,

    /// <summary>Cancelled, but done all the same; it stands.</summary>
    CancelledButDone,

    /// <summary>Cancelled and undone.</summary>
    Compensated,
}

/// <summary>Hears what the tools of one call do.</summary>
/// <remarks>Called on the tools' threads; must neither block nor throw.</remarks>
public interface IToolCallsListener
{
    /// <summary>Answers for the model, to be sent together: those of all waited-for calls of one message, or one of a call that it does not wait for.</summary>
    void OnAnswers(IReadOnlyList<ToolAnswer> answers);

    /// <summary>A run has begun, changed or ended; the last one of each key is final.</summary>
    void OnInvocation(ToolInvocation invocation);
}

/// <summary>One run of a tool, for the call's record.</summary>
public sealed record ToolInvocation
{
    /// <summary>Key of the run, which is its idempotency key.</summary>
    public required string Key { get; init; }

    /// <summary>The model's own id of the call.</summary>
    public required string RequestId { get; init; }

    /// <summary>Name of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>The arguments as JSON, redacted (<c>Tools:Redaction</c>).</summary>
    public required string Arguments { get; init; }

    /// <summary>When the model's call came, as a timestamp of the service's clock.</summary>
    public required long RequestedAt { get; init; }

    /// <summary>From the model's call to the start of the work, in ms; null when it never started.</summary>
    public double? StartedAfterMs { get; init; }

    /// <summary>From the model's call to the end, in ms; null while it runs.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Size of the result as JSON, in bytes.</summary>
    public int ResultBytes { get; init; }

    /// <summary>The result as JSON, redacted and shortened; empty while there is none.</summary>
    public string Result { get; init; } = "";

    /// <summary>Whether the model waits.</summary>
    public ToolBehavior Behavior { get; init; }

    /// <summary>When the model was to speak of it; null where it waits.</summary>
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>How it ended.</summary>
    public ToolOutcome Outcome { get; init; }

    /// <summary>Tries, the good one included.</summary>
    public int Attempts { get; init; }

    /// <summary>Key of the run whose result answered this call, when it was a repetition; null otherwise.</summary>
    public string? DuplicateOf { get; init; }

    /// <summary>What was undone, why it was cancelled, or the like; empty for nothing.</summary>
    public string Note { get; init; } = "";
}

/// <summary>A call that the model has not been answered yet.</summary>
/// <param name="Request">The model's call.</param>
/// <param name="Tool">The tool.</param>
/// <param name="StartedAt">When the call came, as a timestamp of the service's clock.</param>
public sealed record ToolRun(ToolRequest Request, Tool Tool, long StartedAt);
