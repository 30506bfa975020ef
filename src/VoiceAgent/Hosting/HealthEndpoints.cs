using Microsoft.Extensions.Options;
using Telephony;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: a new call would be served; each part that is ill is named. <c>/status</c>: what an operator wants to see, as JSON. Ill parts and phones are for those only who ask from this machine or have the key of <c>Http:ApiKey</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>What <c>/health/live</c> says.</summary>
    public const string Live = "live\n";

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        routes.MapGet("/health/live", () => Results.Text(Live));
        routes.MapGet("/health/ready", (HttpContext context, Readiness readiness) => Results.Text(
            string.Concat((key.OpensFor(context) ? readiness.Complaints : []).Prepend(readiness.State).Select(line => $"{line}\n")),
            statusCode: readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable));
        routes.MapGet("/status", async (HttpContext context, Readiness readiness, CallTable calls, TelephonyService telephony) =>
        {
            var status = new ServiceStatus(readiness.State, calls.Count, telephony.Trunks)
            {
                PhoneCount = telephony.PhoneCount,
                Phones = key.OpensFor(context) ? await telephony.PhonesAsync(ServiceStatus.MostPhones) : [],
            };
            return Results.Text(status.ToJson(), "application/json");
        });
    }
}
