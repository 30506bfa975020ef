using System.Diagnostics;

namespace Tools.Invocation;

/// <summary>The span of each run of a tool, below its call's (<see cref="ToolContext.Trace"/>); none for a call without a trace.</summary>
/// <remarks>Current while the tool runs, so that what it calls over HTTP is told of it. Names follow OpenTelemetry's conventions for generative AI; arguments and results are not in it.</remarks>
public static class ToolTracing
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "VoiceAgent.Tools";

    /// <summary>What a span's operation is called, and its name begins with.</summary>
    public const string Operation = "execute_tool";

    /// <summary>Attribute: the operation.</summary>
    public const string OperationName = "gen_ai.operation.name";

    /// <summary>Attribute: the tool.</summary>
    public const string ToolName = "gen_ai.tool.name";

    /// <summary>Attribute: how it ended.</summary>
    public const string Outcome = "voiceagent.tool.outcome";

    /// <summary>Attribute: attempts that were begun.</summary>
    public const string Attempts = "voiceagent.tool.attempts";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Start(Tool tool, ToolContext context)
    {
        if (context.Trace == default)
            return null;
        KeyValuePair<string, object?>[] tags = [new(OperationName, Operation), new(ToolName, tool.Name)];
        return Source.StartActivity($"{Operation} {tool.Name}", ActivityKind.Internal, context.Trace, tags, links: null, context.Time.GetUtcNow());
    }

    internal static void End(Activity? span, WorkEnd end, int attempts, DateTimeOffset at)
    {
        if (span is null)
            return;
        span.SetTag(Outcome, end.Outcome.ToString()).SetTag(Attempts, attempts);
        if (end.Outcome is ToolOutcome.Failed or ToolOutcome.Unknown or ToolOutcome.Refused)
            span.SetStatus(ActivityStatusCode.Error, end.Outcome.ToString());
        span.SetEndTime(at.UtcDateTime);
        span.Dispose();
    }

    /// <summary>Tells whoever is called over HTTP which span it is called from (W3C Trace Context); nothing where there is none.</summary>
    internal static void Tell(HttpRequestMessage request)
    {
        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            return;
        request.Headers.Remove("traceparent");
        request.Headers.TryAddWithoutValidation("traceparent", id);
    }
}
