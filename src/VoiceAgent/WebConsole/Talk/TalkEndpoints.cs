using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Options;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.WebConsole.Talk;

/// <summary>Lets operators talk to an agent from the console's page, microphone to bridge, over a WebSocket.</summary>
/// <remarks>Any thread. So many talks at once and no more.</remarks>
internal sealed class TalkEndpoints(
    ConsoleDoor door, ConsoleSessions sessions, TalkCalls calls, IOptions<ConsoleOptions> options, AgentDirectory agents, TimeProvider time)
{
    private const int MaxVariables = 20;
    private const int MaxNameCharacters = 64;
    private const int MaxValueCharacters = 1_000;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private int _talks;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/api/agents", door.For(ConsoleRole.Operator, (context, _) => ConsoleDoor.WriteAsync(
            context, new AgentsView([.. agents.Options.Profiles.Keys.Order(StringComparer.OrdinalIgnoreCase)], agents.Options.Default, options.Value.MaxTalks), TalkJson.Default.AgentsView)));
        routes.MapGet("/console/api/talk", door.Socket(ConsoleRole.Operator, TalkAsync));
    }

    private async Task TalkAsync(HttpContext context, ConsoleSession session)
    {
        using var accepted = await context.WebSockets.AcceptWebSocketAsync(PageSocket.Terms);
        var socket = new PageSocket(accepted, time, context.RequestAborted);
        try
        {
            if (Interlocked.Increment(ref _talks) > options.Value.MaxTalks)
                await RefuseAsync(socket, $"Only {options.Value.MaxTalks} may talk from the console at once (Console:MaxTalks).");
            else
                await TalkAsync(socket, context.Connection, session);
        }
        finally
        {
            Interlocked.Decrement(ref _talks);
        }
    }

    private async Task TalkAsync(PageSocket socket, ConnectionInfo connection, ConsoleSession session)
    {
        if (await StartAsync(socket) is not { } request)
        {
            await RefuseAsync(socket, "Say first whom you want to talk to.");
            return;
        }
        var remote = new IPEndPoint(connection.RemoteIpAddress ?? IPAddress.None, connection.RemotePort);
        if (WishOf(request, session.User, remote) is not { } wish)
        {
            await RefuseAsync(socket, $"The number has at most {MaxNameCharacters} letters, digits, + * # . _ -; there are at most {MaxVariables} variables, with names of {MaxNameCharacters} and values of {MaxValueCharacters} characters.");
            return;
        }
        var feed = new TalkFeed();
        var (call, fault) = calls.Begin(wish, feed);
        if (call is null)
        {
            await RefuseAsync(socket, fault);
            return;
        }
        var record = call.Session.Record;
        await socket.SendAsync(new PageEvent("ready") { CallId = record.CallId, Key = RecordCursor.KeyOf(record), Agent = record.Agent }.ToJson(), WebSocketMessageType.Text);
        await new TalkSocket(socket, call.Line, feed, () => sessions.IsOpen(session), time).RunAsync();
    }

    private async Task<TalkRequest?> StartAsync(PageSocket socket)
    {
        try
        {
            var first = await socket.ReceiveAsync().WaitAsync(StartLimit, time);
            return first is { Type: WebSocketMessageType.Text } message && TalkSocket.Read(message.Body.Span) is { Type: "start" } request ? request : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static TalkWish? WishOf(TalkRequest request, string user, IPEndPoint remote)
    {
        var number = request.From?.Trim() is { Length: > 0 } given ? given : null;
        var variables = request.Variables ?? [];
        var isFit = (number is null || (number.Length <= MaxNameCharacters && number.All(c => char.IsAsciiLetterOrDigit(c) || "+*#._-".Contains(c, StringComparison.Ordinal))))
            && variables.Count <= MaxVariables
            && variables.All(variable => IsText(variable.Key, MaxNameCharacters) && IsText(variable.Value, MaxValueCharacters));
        return isFit ? new TalkWish(user, request.Agent is { Length: > 0 } agent ? agent : null, number, variables, remote) : null;
    }

    // One line each: the agent is told a line for each.
    private static bool IsText(string? text, int most) => text is not null && text.Length <= most && !text.Any(char.IsControl);

    private static async Task RefuseAsync(PageSocket socket, string why)
    {
        await socket.SendAsync(new PageEvent("refused") { Message = why }.ToJson(), WebSocketMessageType.Text);
        await socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, "refused");
    }
}
