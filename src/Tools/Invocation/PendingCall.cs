using System.Text.Json;

namespace Tools.Invocation;

/// <summary>One call of the model until it is answered or withdrawn.</summary>
/// <remarks>Its fields are guarded by the lock of its <see cref="CallTools"/>.</remarks>
internal sealed class PendingCall(ToolRequest request, Tool? tool, long requestedAt, List<PendingCall> batch)
{
    public ToolRequest Request => request;

    public Tool? Tool => tool;

    public long RequestedAt => requestedAt;

    /// <summary>Key of its own, used when it is the first of its kind.</summary>
    public string Key { get; } = Guid.CreateVersion7().ToString("D");

    /// <summary>True when the model waits for it.</summary>
    public bool IsBlocking => tool is null || tool.Policy.Behavior == ToolBehavior.Blocking;

    /// <summary>The calls that are answered together with it, itself included.</summary>
    public List<PendingCall> Batch => batch;

    /// <summary>True when more calls are in work than one phone call may have.</summary>
    public bool IsOneTooMany { get; set; }

    /// <summary>Arguments as they may be written down.</summary>
    public string Arguments { get; set; } = "";

    /// <summary>What does it; null before, and where nothing is to be done.</summary>
    public ToolWork? Work { get; set; }

    /// <summary>True when the work was begun for another call.</summary>
    public bool IsRepetition => Work is not null && Work.Key != Key;

    /// <summary>Its end, ready to be told; null before.</summary>
    public WorkEnd? End { get; set; }

    /// <summary>Why it was withdrawn; null when it was not.</summary>
    public string? WithdrawnBecause { get; set; }

    /// <summary>What tells repetitions of it; empty before it was read.</summary>
    public string Wish { get; set; } = "";

    /// <summary>When its answer was handed on; null before.</summary>
    public long? AnsweredAt { get; set; }

    /// <summary>True when its answer was handed on.</summary>
    public bool IsAnswered => AnsweredAt is not null;

    /// <summary>True until it is answered or withdrawn.</summary>
    public bool IsOpen => !IsAnswered && WithdrawnBecause is null;

    /// <summary>Completes when it is answered (true) or withdrawn (false).</summary>
    public TaskCompletionSource<bool> Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when its end is recorded.</summary>
    public TaskCompletionSource Recorded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ToolAnswer Answer(JsonElement response, ToolScheduling? scheduling, ToolOutcome outcome) =>
        new(request, tool, response, scheduling ?? tool?.Policy.Scheduling ?? ToolScheduling.WhenIdle, WillContinue: outcome == ToolOutcome.Running, outcome) { InvocationKey = Work?.Key ?? Key };
}
