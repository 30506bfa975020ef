using System.Globalization;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary><c>POST /drain</c> has no further calls taken while the running ones go on, <c>POST /resume</c> takes that back; each answers with the number of calls that run, as <c>GET /drain</c> does.</summary>
/// <remarks>Only with the key of <c>Http:ApiKey</c>, from this machine too: a page in a browser could send such a request. Registrations at trunks stay as they are; their calls get 503 with Retry-After, and their OPTIONS likewise.</remarks>
internal static class DrainEndpoints
{
    // Who has the key has no name.
    private const string By = "voiceagent drain";

    /// <summary>Maps them; without a key there are none.</summary>
    public static void MapDrainEndpoints(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        if (!key.IsSet)
            return;
        var calls = routes.ServiceProvider.GetRequiredService<CallTable>();
        var time = routes.ServiceProvider.GetRequiredService<TimeProvider>();
        var logger = routes.ServiceProvider.GetRequiredService<ILogger<VoiceAgentService>>();
        routes.MapPost("/drain", context => HttpProblem.IfMay(context, key, () =>
        {
            calls.Pause(new IntakeStop(By, time.GetUtcNow()));
            logger.IntakePaused(calls.Count);
            return TellAsync(context, calls);
        }));
        routes.MapPost("/resume", context => HttpProblem.IfMay(context, key, () =>
        {
            calls.Resume();
            logger.IntakeResumed();
            return TellAsync(context, calls);
        }));
        routes.MapGet("/drain", context => HttpProblem.IfMay(context, key, () => TellAsync(context, calls)));
    }

    private static Task TellAsync(HttpContext context, CallTable calls) =>
        context.Response.WriteAsync(calls.Count.ToString(CultureInfo.InvariantCulture) + "\n", context.RequestAborted);
}
