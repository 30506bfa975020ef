using System.Buffers;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole;

/// <summary>Sends browsers the state of the service once a second, as server-sent events.</summary>
/// <remarks>Any thread. So many browsers at once and no more; one that does not take what it is sent is dropped, and comes back by itself.</remarks>
internal sealed class LiveEndpoints(ConsoleDoor door, ConsoleSessions sessions, LiveBoard board, ClusterBoard cluster, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Windows that look on at once.</summary>
    public const int MaxViewers = 50;

    /// <summary>Windows of one browser among them, so that nobody takes all places.</summary>
    public const int MaxOfOne = 5;

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _viewers = new(StringComparer.Ordinal);   // session -> its windows that look on

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/api/live", door.For(ConsoleRole.Viewer, FollowAsync));
        routes.MapGet("/console/api/state", door.For(ConsoleRole.Viewer, (context, _) =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(board.Look(), context.RequestAborted).AsTask();
        }));
        routes.MapGet("/console/api/cluster", door.For(ConsoleRole.Viewer, (context, _) => ShowClusterAsync(context)));
    }

    private async Task ShowClusterAsync(HttpContext context)
    {
        if (!cluster.IsOn)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else if (await cluster.LookAsync(context.RequestAborted) is not { } look)
            await ClusterEndpoints.NoDatabaseAsync(context);
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(look.Json, context.RequestAborted);
        }
    }

    private async Task FollowAsync(HttpContext context, ConsoleSession session)
    {
        if (!TryEnter(session))
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too-many-viewers", $"{MaxViewers} windows look on already, or {MaxOfOne} of this browser.");
            return;
        }
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";   // nginx would hold events back
        // A service that stops waits for its calls, not for those who look on.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            while (sessions.IsOpen(session))
            {
                await SendAsync(context, over.Token);
                await Task.Delay(LiveBoard.Period, time, over.Token);
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();   // gone, too slow, or the service stops
        }
        finally
        {
            Leave(session);
        }
    }

    private bool TryEnter(ConsoleSession session)
    {
        lock (_gate)
        {
            var own = _viewers.GetValueOrDefault(session.Id);
            if (own >= MaxOfOne || _viewers.Values.Sum() >= MaxViewers)
                return false;
            _viewers[session.Id] = own + 1;
            return true;
        }
    }

    private void Leave(ConsoleSession session)
    {
        lock (_gate)
        {
            if (--_viewers[session.Id] == 0)
                _viewers.Remove(session.Id);
        }
    }

    private async Task SendAsync(HttpContext context, CancellationToken over)
    {
        var writer = context.Response.BodyWriter;
        writer.Write("data: "u8);
        writer.Write(board.Look().Span);
        writer.Write("\n\n"u8);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(over);
        limit.CancelAfter(SendLimit);
        await writer.FlushAsync(limit.Token);
    }
}
