using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole;

/// <summary>What operators do: hang up, hand a caller to somebody, tell the agent something, stop and resume the intake. Each stands in the log, and in the call's record, with who did it.</summary>
internal sealed class ActionEndpoints(ConsoleDoor door, CallTable calls, AgentDirectory agents, TimeProvider time, ILogger<ActionEndpoints> logger)
{
    private const int MaxWhisperCharacters = 500;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/console/api/calls/{id}/hang-up", door.Act(ConsoleRole.Operator, HangUpAsync));
        routes.MapPost("/console/api/calls/{id}/transfer", door.Act(ConsoleRole.Operator, TransferAsync));
        routes.MapPost("/console/api/calls/{id}/whisper", door.Act(ConsoleRole.Operator, WhisperAsync));
        routes.MapPost("/console/api/drain", door.Act(ConsoleRole.Operator, (context, session) =>
        {
            calls.Pause(new IntakeStop(session.User, time.GetUtcNow()));
            logger.Paused(session.User, calls.Count);
            return DoneAsync(context);
        }));
        routes.MapPost("/console/api/resume", door.Act(ConsoleRole.Operator, ResumeAsync));
    }

    private async Task ResumeAsync(HttpContext context, ConsoleSession operatorSession)
    {
        var wish = await ConsoleDoor.ReadAsync(context, ConsoleJson.Default.ResumeWish);
        if (wish is { EvenOthers: true })
            calls.Resume();
        if (calls.Resume(operatorSession.User))
            logger.Resumed(operatorSession.User);
        await DoneAsync(context);
    }

    private Task HangUpAsync(HttpContext context, ConsoleSession operatorSession)
    {
        if (Find(context) is not { } call)
            return NotHereAsync(context);
        Note(call, operatorSession, "hang up");
        call.HangUp();
        return DoneAsync(context);
    }

    private async Task TransferAsync(HttpContext context, ConsoleSession operatorSession)
    {
        var wish = await ConsoleDoor.ReadAsync(context, ConsoleJson.Default.TransferWish);
        if (Find(context) is not { } call)
            await NotHereAsync(context);
        else if (wish?.Target is not { } name || !CallEndpoints.TransfersOf(agents.Options, call).TryGetValue(name, out var target))
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "not-allowed", "The call's agent may hand callers to nobody of that name.");
        else if (call.WhyNoTransfer(target.Mode) is { } why)
            await HttpProblem.WriteAsync(context, StatusCodes.Status409Conflict, "cannot-transfer", why);
        else
        {
            Note(call, operatorSession, $"transfer to {name}");
            _ = TransferAsync(call, name, target);   // ends with the call at the latest
            await DoneAsync(context);
        }
    }

    // The agent is told what becomes of it as if it had wished for it: it says goodbye first, and has the caller back when nobody takes them.
    private static async Task TransferAsync(CallSession call, string name, TransferOption target)
    {
        var result = await call.Control.TransferAsync(name, target, "", CancellationToken.None);
        call.Post(new CallSignal(null, new OperatorAct(null, $"(The operator wants this caller handed to {name}. {result.Error ?? result.Value})") { IsUrgent = true }));
    }

    private async Task WhisperAsync(HttpContext context, ConsoleSession operatorSession)
    {
        var wish = await ConsoleDoor.ReadAsync(context, ConsoleJson.Default.WhisperWish);
        if (Find(context) is not { } call)
            await NotHereAsync(context);
        else if (wish?.Text?.Trim() is not { Length: > 0 and <= MaxWhisperCharacters } text)
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid", $"Tell the agent something, in at most {MaxWhisperCharacters} characters.");
        else
        {
            Note(call, operatorSession, $"told the agent: {text}", $"(A word from your supervisor, whom the caller does not hear; heed it without mentioning it: {text})");
            await DoneAsync(context);
        }
    }

    private CallSession? Find(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string;
        return calls.Running.FirstOrDefault(session => session.CallId == id);
    }

    private void Note(CallSession call, ConsoleSession operatorSession, string act, string? words = null)
    {
        logger.CallAct(call.CallId, operatorSession.User, words is null ? act : "told the agent something");
        call.Post(new CallSignal(null, new OperatorAct($"{operatorSession.User} at the console: {act}", words)));
    }

    private static Task DoneAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task NotHereAsync(HttpContext context) =>
        HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "not-here", "No call of that id runs in this service; it is over, or another one has it.");
}
