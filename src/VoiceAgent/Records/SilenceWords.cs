using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;
using static VoiceAgent.Records.PlainWords;

namespace VoiceAgent.Records;

/// <summary>Says in plain words how long a caller waited, for what, and what was done meanwhile.</summary>
internal static class SilenceWords
{
    private const int Most = 10;

    /// <summary>Some sentences; empty for a call in which nobody waited.</summary>
    public static IEnumerable<string> Of(CallRecord record)
    {
        var waits = record.DeadAir.Where(wait => wait.EndedBy == DeadAirEnd.Answer).OrderByDescending(wait => wait.Ms).ToList();
        if (waits.Count > 0)
            yield return $"The caller waited for the agent {Times(waits.Count)}, {Time(waits.Sum(wait => wait.Ms))} in all: {Causes(waits)}.";
        foreach (var wait in waits.Take(Most).OrderBy(wait => wait.AtMs))
            yield return $"At {At(wait.AtMs - wait.Ms)} they waited {Time(wait.Ms)}: {Why(record, wait.Cause, wait.AtMs - wait.Ms, wait.AtMs)}{Done(record, wait.AtMs - wait.Ms, wait.AtMs)}.";
        if (waits.Count > Most)
            yield return Text($"{waits.Count - Most} shorter waits are not listed here.");
        if (LastWait(record, waits) is { } last)
            yield return last;
    }

    /// <summary>The caller was waiting when the call ended.</summary>
    private static string? LastWait(CallRecord record, IReadOnlyList<DeadAirEntry> waits)
    {
        var answeredAt = Math.Max(waits.Select(wait => wait.AtMs).DefaultIfEmpty(0).Max(), record.Responses.Select(response => response.AtMs).DefaultIfEmpty(0).Max());
        var steps = record.Silences.Where(step => step.AtMs > answeredAt).ToList();
        if (steps.Count == 0 || record.EndReason is null)
            return null;
        var since = Math.Max(0, steps[0].AtMs - steps[0].SilenceMs);
        return $"When the call ended the caller had heard nothing of the agent since {At(since)}, for {Time(Math.Max(0, record.DurationMs - since))}: "
            + $"{Why(record, CauseOf(steps[^1].Cause), since, record.DurationMs)}{Done(record, since, record.DurationMs)}.";
    }

    private static string Causes(IEnumerable<DeadAirEntry> waits) => string.Join(", ", waits.GroupBy(wait => wait.Cause).OrderByDescending(cause => cause.Sum(wait => wait.Ms))
        .Select(cause => $"{Time(cause.Sum(wait => wait.Ms))} for {Noun(cause.Key)}"));

    private static string Noun(DeadAirCause cause) => cause switch
    {
        DeadAirCause.Tool => "a tool",
        DeadAirCause.Reconnect => "a new Live connection",
        DeadAirCause.Network => "the rest of a sentence",
        _ => "the model",
    };

    private static string Why(CallRecord record, DeadAirCause cause, double from, double to) => cause switch
    {
        DeadAirCause.Tool => Tools(record, from, to) is { Length: > 0 } tools ? $"for {tools}" : "for a tool",
        DeadAirCause.Reconnect => Reconnect(record, from, to),
        DeadAirCause.Network => "the agent's audio stopped in the middle of what it said, and came late: the network to the Live service, or the service itself, was slow",
        _ => "the model had not begun to answer",
    };

    private static string Tools(CallRecord record, double from, double to) => string.Join(" and ", record.Tools
        .Where(tool => tool.AtMs < to && EndOf(tool) > from).Select(tool => $"the tool {tool.Tool}, {Took(tool)}"));

    private static double EndOf(ToolEntry tool) => tool.DurationMs is { } duration ? tool.AtMs + duration : double.MaxValue;

    private static string Took(ToolEntry tool) => tool.DurationMs is { } duration ? $"which took {Time(duration)}" : tool.Outcome == ToolOutcome.Running ? "which had not ended" : $"{tool.Outcome}";

    private static string Reconnect(CallRecord record, double from, double to) =>
        record.Reconnects.LastOrDefault(reconnect => reconnect.AtMs < to && (reconnect.GapMs is null || reconnect.AtMs + reconnect.GapMs > from - 1_000)) is { } lost
            ? $"the Live connection was lost ({lost.Cause}){(lost.GapMs is { } gap ? $" and back after {Time(gap)}" : " and not had back")}"
            : "the Live connection was being made anew";

    private static DeadAirCause CauseOf(SilenceCause cause) => cause switch
    {
        SilenceCause.ToolOpen => DeadAirCause.Tool,
        SilenceCause.Reconnecting => DeadAirCause.Reconnect,
        SilenceCause.TurnStalled => DeadAirCause.Network,
        _ => DeadAirCause.Model,
    };

    private static string Done(CallRecord record, double from, double to)
    {
        var steps = record.Silences.Where(step => step.AtMs > from && step.AtMs <= to + 1).Select(step => Act(step.Action)).Distinct().ToList();
        return steps.Count == 0 ? "" : $"; meanwhile {string.Join(", then ", steps)}";
    }

    private static string Act(SilenceAction action) => action switch
    {
        SilenceAction.Filler => "a soft sound was played",
        SilenceAction.Prompt => "words of comfort were played",
        SilenceAction.Nudge => "the model was reminded",
        SilenceAction.Reconnect => "the Live connection was made anew",
        _ => "the apology was played",
    };
}
