using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using VoiceAgent.Hosting;

namespace VoiceAgent.WebConsole;

/// <summary>Every request to the console passes here: headers that keep browsers strict, who asks, and whether the page that has them ask is ours.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class ConsoleDoor(ConsoleSessions sessions)
{
    private const string Cookie = "voiceagent_console";

    /// <summary>Header of every request that changes something: no form and no foreign page can send it without asking first, which is never granted.</summary>
    public const string Header = "X-Console";

    private const int MaxBodyBytes = 4 * 1024;

    /// <summary>Lets somebody who is signed in keep a WebSocket open; only a page of ours. Browsers send no headers of a page's own with it, and ask nobody before: it is the Origin that tells.</summary>
    public RequestDelegate Socket(ConsoleRole role, Func<HttpContext, ConsoleSession, Task> work) => Open(context =>
        !context.WebSockets.IsWebSocketRequest
            ? HttpProblem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "no-websocket", "This is a WebSocket.")
        : HasOwnOrigin(context.Request)
            ? AdmitAsync(context, role, work)
        : HttpProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "foreign-page", "Only the console's own pages may ask for this (header Origin)."));

    /// <summary>Answers anybody.</summary>
    public static RequestDelegate Open(RequestDelegate work) => context =>
    {
        Harden(context.Response.Headers);
        return work(context);
    };

    /// <summary>Answers who is signed in and may see it.</summary>
    public RequestDelegate For(ConsoleRole role, Func<HttpContext, ConsoleSession, Task> work) => Open(context => AdmitAsync(context, role, work));

    /// <summary>Lets somebody who is signed in do something; only from a page of ours.</summary>
    public RequestDelegate Act(ConsoleRole role, Func<HttpContext, ConsoleSession, Task> work) => OpenAct(context => AdmitAsync(context, role, work));

    /// <summary>Lets anybody do something; only from a page of ours.</summary>
    public static RequestDelegate OpenAct(RequestDelegate work) => Open(context => IsOwnPage(context.Request)
        ? work(context)
        : HttpProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "foreign-page", $"Only the console's own pages may ask for this (headers Origin and {Header})."));

    /// <summary>Cookie of those who are signed in. Browsers take all ports of a machine for one: each service of a machine has one of its own, by the port that the browser asks, which a container's own need not be.</summary>
    public static string CookieOf(HttpContext context) => $"{Cookie}_{context.Request.Host.Port ?? (context.Request.IsHttps ? 443 : 80)}";

    /// <summary>Who brings the request's cookie; null for nobody.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isTouch">Whether it keeps them signed in.</param>
    public ConsoleSession? Who(HttpContext context, bool isTouch = true) => context.Request.Cookies[CookieOf(context)] is { Length: > 0 } secret ? sessions.Find(secret, isTouch) : null;

    /// <summary>The request's small JSON body; null for anything else.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is JsonException or BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Answers with JSON.</summary>
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    private Task AdmitAsync(HttpContext context, ConsoleRole role, Func<HttpContext, ConsoleSession, Task> work)
    {
        // Pages ask again and again by themselves; what somebody does there is told besides (app.js: touch).
        if (Who(context, isTouch: !HttpMethods.IsGet(context.Request.Method)) is not { } session)
            return HttpProblem.WriteAsync(context, StatusCodes.Status401Unauthorized, "signed-out", "Sign in first.");
        return session.Role >= role ? work(context, session)
            : HttpProblem.WriteAsync(context, StatusCodes.Status403Forbidden, "not-allowed", $"This takes the role {role}; {session.User} has {session.Role}.");
    }

    private static bool IsOwnPage(HttpRequest request) => request.Headers.ContainsKey(Header) && HasOwnOrigin(request);

    // The scheme is left out: a proxy may end TLS before us.
    private static bool HasOwnOrigin(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin"
        && Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
        && origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    /// <summary>Lets the page that is answered with use the microphone, if whoever sits before it agrees.</summary>
    public static void AllowMicrophone(IHeaderDictionary headers) => headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)";
}
