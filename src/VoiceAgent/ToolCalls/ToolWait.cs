using GeminiLive;
using Tools;

namespace VoiceAgent.ToolCalls;

/// <summary>What the caller waits for while tools run, as the silence ladder sees it.</summary>
/// <param name="Kind">Whether the model can speak meanwhile.</param>
/// <param name="FillerAfter">Silence after which the caller hears something; null for what the call does in every silence.</param>
/// <param name="FillerText">What a model that can speak meanwhile is asked to say then; null for a sound only.</param>
internal readonly record struct ToolWait(ToolWaitKind Kind, TimeSpan? FillerAfter, string? FillerText)
{
    /// <summary>The wait for all of these calls together.</summary>
    public static ToolWait Of(IEnumerable<OpenToolCall> open, LiveModelProfile profile)
    {
        var (kind, isPlain, after, text) = (ToolWaitKind.None, false, (TimeSpan?)null, (string?)null);
        foreach (var call in open)
        {
            var one = KindOf(call, profile);
            if (one == ToolWaitKind.None)
                continue;
            kind = one > kind ? one : kind;
            var filler = call.Tool?.Policy.Filler;
            isPlain |= filler is null;
            after = after is null || filler?.After < after ? filler?.After ?? after : after;
            text ??= filler is { Text.Length: > 0 } ? filler.Text : null;
        }
        return new ToolWait(kind, isPlain ? null : after, kind == ToolWaitKind.Meanwhile ? text : null);
    }

    private static ToolWaitKind KindOf(OpenToolCall call, LiveModelProfile profile)
    {
        if (call.IsNonBlocking)
            return call.Tool!.Policy.Scheduling == ToolScheduling.Silent ? ToolWaitKind.None : ToolWaitKind.Meanwhile;
        return profile is { SupportsAsyncTools: true, SupportsBlockingTools: false } ? ToolWaitKind.Meanwhile : ToolWaitKind.Blocking;
    }
}

/// <summary>Whether the model can speak while tools run.</summary>
internal enum ToolWaitKind
{
    /// <summary>Nothing runs that anybody waits for.</summary>
    None,

    /// <summary>It can.</summary>
    Meanwhile,

    /// <summary>It waits for a result, and says nothing.</summary>
    Blocking,
}
