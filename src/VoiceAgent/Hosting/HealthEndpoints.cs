using Microsoft.Extensions.Options;
using Telephony;
using Telephony.Trunks;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Hosting;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: a new call would be taken. <c>/status</c>: what an operator wants to see, as JSON; the phones are for those only who ask from this machine or have the key of <c>Http:ApiKey</c>.</summary>
/// <remarks>A trunk that is down does not make the service unready: another instance would not do better, and callers of the other trunks are to be served.</remarks>
internal static class HealthEndpoints
{
    /// <summary>What <c>/health/live</c> says.</summary>
    public const string Live = "live\n";

    private const string Ready = "ready";

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        routes.MapGet("/health/live", () => Results.Text(Live));
        routes.MapGet("/health/ready", (VoiceAgentService service, CallTable calls, TelephonyService telephony, RecordWriter records) =>
        {
            var state = State(service, calls);
            var trunks = telephony.Trunks.Where(trunk => trunk.State is TrunkState.Down or TrunkState.Refused)
                .Select(trunk => $"trunk {trunk.Name} {trunk.State.ToString().ToLowerInvariant()} since {trunk.Since:O}: {trunk.LastAnswer}\n");
            return Results.Text($"{state}\n{string.Concat(trunks)}{Line(records.Health)}", statusCode: state == Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        routes.MapGet("/status", async (HttpContext context, VoiceAgentService service, CallTable calls, TelephonyService telephony) =>
        {
            var status = new ServiceStatus(State(service, calls), calls.Count, telephony.Trunks)
            {
                PhoneCount = telephony.PhoneCount,
                Phones = key.OpensFor(context) ? await telephony.PhonesAsync(ServiceStatus.MostPhones) : [],
            };
            return Results.Text(status.ToJson(), "application/json");
        });
    }

    // Calls go on all the same.
    private static string Line(RecordHealth records) =>
        records.Problem is { } problem ? $"records not written since {records.Since:O}: {problem} ({records.Waiting} calls wait, {records.Lost} lost)\n" : "";

    private static string State(VoiceAgentService service, CallTable calls) =>
        !service.IsListening ? "starting"
        : calls.IsDraining ? "draining"
        : !calls.HasRoom ? "full"
        : Ready;
}
