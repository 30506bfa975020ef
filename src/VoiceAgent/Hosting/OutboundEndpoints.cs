using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Telephony.Calls;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary><c>POST /calls</c> has a call made, <c>GET /calls/{id}</c> tells how it stands, <c>DELETE /calls/{id}</c> ends it. Only with the key of <c>Http:ApiKey</c>.</summary>
internal static class OutboundEndpoints
{
    private const int MaxBodyBytes = 16 * 1024;

    /// <summary>Maps them; without a key there are none.</summary>
    public static void MapOutboundEndpoints(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value;
        var key = new HttpKey(options.ApiKey);
        if (!key.IsSet)
            return;
        routes.MapPost("/calls", context => HttpProblem.IfMay(context, key, () => PostAsync(context, options)));
        routes.MapGet("/calls/{id}", context => HttpProblem.IfMay(context, key, () => GetAsync(context)));
        routes.MapDelete("/calls/{id}", context => HttpProblem.IfMay(context, key, () => DeleteAsync(context)));
    }

    private static async Task PostAsync(HttpContext context, HttpOptions options)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxBodyBytes;
        OutboundOrder? order;
        try
        {
            order = await JsonSerializer.DeserializeAsync(context.Request.Body, OutboundJson.Default.OutboundOrder, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is JsonException or BadHttpRequestException)
        {
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "unreadable", unreadable is JsonException ? $"The body is not a call: {unreadable.Message}" : "The body is too long.");
            return;
        }
        var agents = context.RequestServices.GetRequiredService<Agents.AgentDirectory>();
        if (OutboundOrders.TryRead(order, options, agents, out var wish, out var fault))
            await DialAsync(context, wish);
        else
            await HttpProblem.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid", fault);
    }

    private static async Task DialAsync(HttpContext context, OutboundWish wish)
    {
        var (call, why) = await context.RequestServices.GetRequiredService<OutboundCalls>().DialAsync(wish);
        if (call is null || why != DialRefusal.None)
        {
            var (status, error, message) = OutboundOrders.Words(why);
            await HttpProblem.WriteAsync(context, status, error, message);
            return;
        }
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked has gone and was not told the id: nobody could follow the call, or end it.
            Calls(context).HangUp(call.Id);
            return;
        }
        context.Response.Headers.Location = $"/calls/{call.Id}";
        await WriteAsync(context, StatusCodes.Status201Created, call, OutboundJson.Default.OutboundStatus);
    }

    private static Task GetAsync(HttpContext context) =>
        Calls(context).Find(Id(context)) is { } status
            ? WriteAsync(context, StatusCodes.Status200OK, status, OutboundJson.Default.OutboundStatus)
            : NotFoundAsync(context);

    private static Task DeleteAsync(HttpContext context)
    {
        if (!Calls(context).HangUp(Id(context)))
            return NotFoundAsync(context);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static OutboundCalls Calls(HttpContext context) => context.RequestServices.GetRequiredService<OutboundCalls>();

    private static string Id(HttpContext context) => context.Request.RouteValues["id"] as string ?? "";

    private static Task NotFoundAsync(HttpContext context) =>
        HttpProblem.WriteAsync(context, StatusCodes.Status404NotFound, "not-found", "No call of that id is known, or it is over already.");

    private static Task WriteAsync<T>(HttpContext context, int statusCode, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
