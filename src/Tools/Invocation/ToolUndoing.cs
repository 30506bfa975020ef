using System.Text.Json;

namespace Tools.Invocation;

/// <summary>Undoes what a tool did that nobody wants any more, where the tool offers that.</summary>
/// <remarks>One for one run. Never throws.</remarks>
internal sealed class ToolUndoing(Tool tool, JsonElement arguments, ToolContext context, ToolServices services)
{
    /// <summary>Runs the compensation, bounded by the tool's time limit.</summary>
    /// <param name="end">How the work ended.</param>
    /// <returns>The end as it is to be recorded.</returns>
    public async Task<WorkEnd> RunAsync(WorkEnd end)
    {
        await Task.Yield();
        var standing = end.Outcome == ToolOutcome.Succeeded ? end with { Outcome = ToolOutcome.CancelledButDone } : end;
        if (tool.Compensate is not { } compensate)
            return standing;
        JsonElement? result = end.Response.TryGetProperty("output", out var output) ? output : null;
        services.Gates.Enter(tool);
        var compensating = CompensateAsync(compensate, result);
        _ = LeaveAsync(compensating);
        using var isOver = new CancellationTokenSource();
        await Task.WhenAny(compensating, Task.Delay(tool.Policy.Timeout, services.Time, isOver.Token));
        isOver.Cancel();
        if (compensating.IsCompleted && await compensating is { } sentence)
            return standing.Noting(services.Redaction.Apply(ToolWords.Shorten(sentence))) with { Outcome = ToolOutcome.Compensated, Response = ResultJson.Error(ToolWords.Undone(tool)) };
        if (!compensating.IsCompleted)
            _ = GiveUpAsync(compensating);
        return standing.Noting("It could not be undone.");
    }

    private async Task GiveUpAsync(Task compensating)
    {
        services.Logger.NotUndone(null, context.CallId, tool.Name, context.IdempotencyKey);
        services.Gates.GiveUp(tool);
        await compensating;
        services.Gates.TakeBack(tool);
    }

    private async Task LeaveAsync(Task compensating)
    {
        await compensating;
        services.Gates.Leave(tool);
    }

    private async Task<string?> CompensateAsync(Compensation compensate, JsonElement? result)
    {
        await Task.Yield();
        using var limit = new CancellationTokenSource(tool.Policy.Timeout, services.Time);
        try
        {
            return tool.MayBlock
                ? await services.Gates.Threads.RunAsync(() => compensate(context, arguments, result, limit.Token).AsTask())
                : await compensate(context, arguments, result, limit.Token);
        }
#pragma warning disable CA1031 // whatever foreign code throws is recorded
        catch (Exception e)
#pragma warning restore CA1031
        {
            services.Logger.NotUndone(new LoggedFault(e, services.Redaction), context.CallId, tool.Name, context.IdempotencyKey);
            return null;
        }
    }
}
