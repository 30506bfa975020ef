using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole.Listen;

/// <summary>Lets those who may listen to a running call from the console's page, over a WebSocket. Who did, and from when to when, stands in the log and in the call's record.</summary>
/// <remarks>Any thread. So many at once and no more; the call does not feel them.</remarks>
internal sealed class ListenEndpoints(
    ConsoleDoor door, ConsoleSessions sessions, CallTable calls, IOptions<ConsoleOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ListenEndpoints> logger)
{
    private int _listeners;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/console/api/calls/{id}/listen", door.Socket(options.Value.ListenRole, ListenAsync));

    private async Task ListenAsync(HttpContext context, ConsoleSession session)
    {
        var id = context.Request.RouteValues["id"] as string;
        if (calls.Running.FirstOrDefault(call => call.CallId == id) is not { } call)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "not-here", "No call of that id runs in this service; it is over, or another one has it.");
            return;
        }
        using var accepted = await context.WebSockets.AcceptWebSocketAsync(PageSocket.Terms);
        // A service that stops waits for its calls, not for those who listen.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var socket = new PageSocket(accepted, time, over.Token);
        try
        {
            if (Interlocked.Increment(ref _listeners) > options.Value.MaxListeners)
                await RefuseAsync(socket, $"Only {options.Value.MaxListeners} may listen at once (Console:MaxListeners).");
            else
                await ListenAsync(socket, call, session);
        }
        finally
        {
            Interlocked.Decrement(ref _listeners);
        }
    }

    private async Task ListenAsync(PageSocket socket, CallSession call, ConsoleSession session)
    {
        Note(call, session, "listens in");
        try
        {
            using var reader = call.Sound.Open();
            await new ListenSocket(socket, reader, call, () => sessions.IsOpen(session), time).RunAsync();
        }
        finally
        {
            Note(call, session, "has stopped listening");
        }
    }

    private void Note(CallSession call, ConsoleSession session, string act)
    {
        logger.CallAct(call.CallId, session.User, act);
        call.Post(new CallSignal(null, new OperatorAct($"{session.User} at the console {act}")));
    }

    private static async Task RefuseAsync(PageSocket socket, string why)
    {
        await socket.SendAsync(new PageEvent("refused") { Message = why }.ToJson(), WebSocketMessageType.Text);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "refused");
    }
}
