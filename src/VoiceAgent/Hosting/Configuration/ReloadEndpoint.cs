using System.Text.Json;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Hosting.Configuration;

/// <summary><c>POST /reload</c>: reads the configuration anew and tells what became of it: 200 with what has changed, or 422 with all that is wrong.</summary>
/// <remarks>Only with the key of <c>Http:ApiKey</c>, from this machine too.</remarks>
internal static class ReloadEndpoint
{
    /// <summary>Where it is.</summary>
    public const string Path = "/reload";

    /// <summary>Maps it; without a key there is none.</summary>
    public static void MapReload(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        if (!key.IsSet)
            return;
        var reload = routes.ServiceProvider.GetRequiredService<Reload>();
        var signal = routes.ServiceProvider.GetRequiredService<ReloadSignal>();
        routes.MapPost(Path, context => HttpProblem.IfMay(context, key, async () =>
        {
            var outcome = await reload.RunAsync(isWanted: true, awaitsSilent: true, context.RequestAborted);
            if (outcome.MayPass)
                signal.Trigger();   // and the watch tries again
            context.Response.StatusCode = outcome.IsTaken ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
            context.Response.ContentType = "application/json";
            await JsonSerializer.SerializeAsync(context.Response.Body, outcome, ReloadJson.Default.ReloadOutcome, context.RequestAborted);
        }));
    }
}
