using System.Buffers;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole;

/// <summary>Sends browsers the state of the service once a second, as server-sent events.</summary>
/// <remarks>Any thread. So many browsers at once and no more; one that does not take what it is sent is dropped, and comes back by itself.</remarks>
internal sealed class LiveEndpoints(ConsoleDoor door, ConsoleSessions sessions, LiveBoard board, ClusterDirectory cluster, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>Browsers that look on at once.</summary>
    public const int MaxViewers = 50;

    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    private int _viewers;

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/console/api/live", door.For(ConsoleRole.Viewer, FollowAsync));
        routes.MapGet("/console/api/state", door.For(ConsoleRole.Viewer, (context, _) =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(board.Look(), context.RequestAborted).AsTask();
        }));
        routes.MapGet("/console/api/cluster", door.For(ConsoleRole.Viewer, (context, _) =>
        {
            if (cluster.IsOn)
                return ClusterEndpoints.TellAsync(context, cluster);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }

    private async Task FollowAsync(HttpContext context, ConsoleSession session)
    {
        if (Interlocked.Increment(ref _viewers) > MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            await HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too-many-viewers", $"{MaxViewers} browsers look on already.");
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
            Interlocked.Decrement(ref _viewers);
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
