using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary><c>/health/live</c>: the process runs. <c>/health/ready</c>: a new call would be taken.</summary>
internal static class HealthEndpoints
{
    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("live\n"));
        routes.MapGet("/health/ready", (VoiceAgentService service, CallTable calls) =>
            !service.IsListening ? NotReady("starting")
            : calls.IsClosed ? NotReady("draining")
            : !calls.HasRoom ? NotReady("full")
            : Results.Text("ready\n"));
    }

    private static IResult NotReady(string state) => Results.Text(state + "\n", statusCode: StatusCodes.Status503ServiceUnavailable);
}
