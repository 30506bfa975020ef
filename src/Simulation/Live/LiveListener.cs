using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Simulation.Live;

/// <summary>The HTTP side of the simulated server: listening, the path, the key, refusals before the WebSocket exists.</summary>
internal static class LiveListener
{
    private const string PathStart = "/ws/google.ai.generativelanguage.";
    private const string PathEnd = ".GenerativeService.BidiGenerateContent";

    /// <summary>Builds the web application around a handler of requests.</summary>
    /// <exception cref="ArgumentException">The address is not <c>ws://</c> with an IP address or localhost.</exception>
    public static WebApplication Build(Uri listen, RequestDelegate serve)
    {
        // The empty builder: settings files and environment variables of the surrounding program are none of the simulator's business.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var address = ParseListen(listen);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });

        // Signals belong to the program around it: a drain must not lose its model.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(serve);
        return app;
    }

    /// <summary>Where a started application listens, path included.</summary>
    public static Uri FindEndpoint(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var bound = new Uri(addresses.First());
        var host = bound.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : bound.Host;
        return new Uri($"ws://{host}:{bound.Port}{PathStart}v1beta{PathEnd}");
    }

    /// <summary>The API version of a path that this server knows.</summary>
    public static bool TryReadApiVersion(HttpRequest request, out string apiVersion)
    {
        var path = request.Path.Value ?? "";
        var isKnown = path.Length > PathStart.Length + PathEnd.Length
            && path.StartsWith(PathStart, StringComparison.Ordinal) && path.EndsWith(PathEnd, StringComparison.Ordinal);
        apiVersion = isKnown ? path[PathStart.Length..^PathEnd.Length] : "";
        return apiVersion is "v1beta" or "v1alpha";
    }

    /// <summary>The API key of the header or the query; empty when there is none.</summary>
    public static string ReadKey(HttpRequest request) =>
        request.Headers["x-goog-api-key"].ToString() is { Length: > 0 } header ? header : request.Query["key"].ToString();

    /// <summary>Answers in the form of a Google API error.</summary>
    public static Task RejectAsync(HttpContext http, int statusCode, string status, string message)
    {
        http.Response.StatusCode = statusCode;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($$"""{ "error": { "code": {{statusCode}}, "message": "{{message}}", "status": "{{status}}" } }""");
    }

    private static IPEndPoint ParseListen(Uri listen)
    {
        var host = listen.Host == "localhost" ? "127.0.0.1" : listen.DnsSafeHost;
        if (listen.Scheme != "ws" || !IPAddress.TryParse(host, out var address))
            throw new ArgumentException($"The simulated Live server cannot listen on {listen}: it takes ws:// with an IP address or localhost, and a port.", nameof(listen));
        return new IPEndPoint(address, listen.IsDefaultPort ? 0 : listen.Port);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
