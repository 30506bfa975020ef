using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Options;
using VoiceAgent.Hosting;

namespace VoiceAgent.Cluster;

/// <summary><c>GET /cluster</c>: all nodes and their calls, as JSON; for those only who ask from this machine or have the key of <c>Http:ApiKey</c>.</summary>
internal static class ClusterEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapClusterEndpoints(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        var directory = routes.ServiceProvider.GetRequiredService<ClusterDirectory>();
        routes.MapGet("/cluster", context => key.OpensFor(context) ? TellAsync(context, directory) : HttpProblem.IfMay(context, key, () => TellAsync(context, directory)));
    }

    private static async Task TellAsync(HttpContext context, ClusterDirectory directory)
    {
        if (!directory.IsOn)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "no-cluster", "This service is alone: nodes know of each other through a PostgreSQL database (docs/scale.md).");
            return;
        }
        try
        {
            var view = await directory.ReadAsync(context.RequestAborted);
            context.Response.ContentType = "application/json";
            await JsonSerializer.SerializeAsync(context.Response.Body, view, ClusterJson.Default.ClusterView, context.RequestAborted);
        }
        catch (DbException)
        {
            await NoDatabaseAsync(context);
        }
    }

    /// <summary>Answers that nothing is known of the others.</summary>
    public static Task NoDatabaseAsync(HttpContext context) =>
        HttpProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "no-database", "The database that the nodes share does not answer.");
}
