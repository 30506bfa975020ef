using Microsoft.Extensions.Options;
using Telephony.Sip.Ladders;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Hosting;

/// <summary><c>GET /calls/{id}/ladder</c>: the SIP messages of a call that is running, drawn as text; from this machine, or with the key of <c>Http:ApiKey</c>.</summary>
internal static class LadderEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapLadder(this IEndpointRouteBuilder routes)
    {
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        routes.MapGet("/calls/{id}/ladder", (HttpContext context, string id, CallTable calls, RecordPrivacy privacy) =>
            !key.OpensFor(context) ? Results.StatusCode(StatusCodes.Status401Unauthorized)
            : calls.Running.FirstOrDefault(call => call.CallId == id) is { } call ? Results.Text(LadderText.Write(privacy.Ladder(call.Record.Messages.Read())))
            : Results.NotFound());
    }
}
