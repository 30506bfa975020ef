using GeminiLive;
using Tools;
using Tools.Invocation;

namespace VoiceAgent.ToolCalls;

/// <summary>A call of the model that has not had its last answer.</summary>
/// <remarks>Guarded by the lock of its <see cref="ToolBridge"/>.</remarks>
/// <param name="call">As the model made it.</param>
/// <param name="request">As the tools know it.</param>
/// <param name="tool">The tool; null when there is none of that name.</param>
/// <param name="wasAsync">Whether the model that made it goes on talking meanwhile.</param>
internal sealed class OpenToolCall(LiveToolCall call, ToolRequest request, Tool? tool, bool wasAsync)
{
    private bool _hadNews;

    public LiveToolCall Call => call;

    public ToolRequest Request => request;

    public Tool? Tool => tool;

    /// <summary>True when the model that made the call takes its result whenever it comes.</summary>
    public bool WasAsync => wasAsync;

    /// <summary>True for a tool that the model is not to wait for.</summary>
    public bool IsNonBlocking => tool?.Policy.Behavior == ToolBehavior.NonBlocking;

    /// <summary>True when it was answered with "started", so that its result can only be told in words.</summary>
    public bool HasPlaceholder { get; set; }

    /// <summary>An answer as the session takes it.</summary>
    public LiveToolResponse ResponseOf(ToolAnswer answer)
    {
        if (answer.IsBlocking)
            return new LiveToolResponse(call.Id, call.Name, answer.Response);
        _hadNews |= answer.WillContinue;
        return new LiveToolResponse(call.Id, call.Name, answer.Response, SchedulingOf(answer.Scheduling), _hadNews ? answer.WillContinue : null);
    }

    private static LiveScheduling SchedulingOf(ToolScheduling scheduling) => scheduling switch
    {
        ToolScheduling.Interrupt => LiveScheduling.Interrupt,
        ToolScheduling.Silent => LiveScheduling.Silent,
        _ => LiveScheduling.WhenIdle,
    };
}
