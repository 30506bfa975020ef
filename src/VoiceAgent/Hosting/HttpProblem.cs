using System.Text.Json;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>What those are told over HTTP who may not, or ask for what cannot be.</summary>
internal static class HttpProblem
{
    /// <summary>Does the work for those who bring the key; others get 401.</summary>
    public static Task IfMay(HttpContext context, HttpKey key, Func<Task> work)
    {
        if (key.IsIn(context.Request))
            return work();
        context.Response.Headers.WWWAuthenticate = HttpKey.Scheme;
        return WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "Send the key of Http:ApiKey as a bearer token.");
    }

    /// <summary>Answers with a status and, as JSON, a word for programs and a sentence for people.</summary>
    public static Task WriteAsync(HttpContext context, int statusCode, string error, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, new OutboundProblem(error, message), OutboundJson.Default.OutboundProblem, context.RequestAborted);
    }
}
