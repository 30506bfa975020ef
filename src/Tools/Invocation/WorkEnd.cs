using System.Text.Json;

namespace Tools.Invocation;

/// <summary>How the work of a call ended, as it is answered and recorded.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="Response">For the model, should it still want to know.</param>
internal sealed record WorkEnd(ToolOutcome Outcome, JsonElement Response)
{
    /// <summary>The tool's word on when the model shall speak of it.</summary>
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>Size of the result as JSON.</summary>
    public int ResultBytes { get; init; }

    /// <summary>What an operator should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether the same call of the model is answered with this end instead of being run again: something was done, or may have been.</summary>
    public bool Stands => Outcome is ToolOutcome.Succeeded or ToolOutcome.Unknown or ToolOutcome.CancelledButDone;

    /// <summary>A call that was not run.</summary>
    public static WorkEnd Refused(string words, string note = "") => new(ToolOutcome.Refused, ResultJson.Error(words)) { Note = note };

    /// <summary>A call that was withdrawn before anything was done for it.</summary>
    public static WorkEnd Cancelled(string reason) => new(ToolOutcome.Cancelled, ResultJson.Error("Cancelled. Nothing was done.")) { Note = $"Withdrawn: {reason}." };

    /// <summary>A call that a bug of ours has ended.</summary>
    public static WorkEnd Broken(string tool) => new(ToolOutcome.Unknown, ResultJson.Error(ToolWords.Broken(tool)));

    /// <summary>This end as the answer of a call that came later and was not withdrawn itself.</summary>
    public WorkEnd ForRepetition() => Outcome == ToolOutcome.CancelledButDone ? this with { Outcome = ToolOutcome.Succeeded } : this;

    /// <summary>This end with a further note.</summary>
    public WorkEnd Noting(string note) => note.Length == 0 ? this : this with { Note = Note.Length == 0 ? note : $"{Note} {note}" };

    /// <summary>What becomes of the last attempt.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="attempt">Null when it was given up while it ran.</param>
    /// <param name="isStopped">Whether the run's time was over, or nobody wanted it any more, before it ended.</param>
    /// <param name="isWanted">Whether somebody waits for it.</param>
    public static WorkEnd Of(Tool tool, AttemptEnd? attempt, bool isStopped, bool isWanted)
    {
        var isClear = attempt is { Kind: not AttemptKind.Unclear } || tool.Policy.Idempotent;
        var outcome = attempt switch
        {
            { Kind: AttemptKind.Done } => isWanted ? ToolOutcome.Succeeded : ToolOutcome.CancelledButDone,
            _ when !isClear => ToolOutcome.Unknown,
            _ => isWanted ? ToolOutcome.Failed : ToolOutcome.Cancelled,
        };
        var response = attempt?.Response ?? ResultJson.Error(Words(tool, attempt, outcome, isStopped));
        return new(outcome, response) { Scheduling = attempt?.Scheduling, ResultBytes = attempt?.ResultBytes ?? 0, Note = attempt?.Note ?? "It ignored that its time was over." };
    }

    private static string Words(Tool tool, AttemptEnd? attempt, ToolOutcome outcome, bool isStopped) => outcome switch
    {
        ToolOutcome.Cancelled => ToolWords.Cancelled(tool),
        ToolOutcome.Unknown => ToolWords.Unknown(tool, attempt?.Error ?? (isStopped ? $"{tool.Name} did not answer in time." : null)),
        _ when isStopped && attempt?.Error is null => ToolWords.OutOfTime(tool),
        _ => ToolWords.Failed(tool, attempt?.Error, attempt?.MayRetry ?? false),
    };
}
