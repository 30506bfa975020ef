using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Simulation.Live.Connections;
using Simulation.Live.Tokens;

namespace Simulation.Live;

/// <summary>The TCP side of the simulated server: listens, brings requests to the door, and upgraded connections to their host.</summary>
internal static class LiveListener
{
    /// <summary>Builds the web application around the door and the host.</summary>
    /// <exception cref="ArgumentException">The address is not <c>ws://</c> with an IP address or localhost.</exception>
    public static WebApplication Build(Uri listen, FrontDoor door, SessionHost host, CancellationToken stopping)
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
        app.Use(MakeFreezable);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(http => ServeAsync(http, door, host, stopping));
        return app;
    }

    /// <summary>Where a started application listens, path included.</summary>
    public static Uri FindEndpoint(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var bound = new Uri(addresses.First());
        var host = bound.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : bound.Host;
        return new Uri($"ws://{host}:{bound.Port}{LiveRoute.Default.Path}");
    }

    private static Task MakeFreezable(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            http.Features.Set<IHttpUpgradeFeature>(new FreezableUpgrade(upgrade));
        return next(http);
    }

    private static async Task ServeAsync(HttpContext http, FrontDoor door, SessionHost host, CancellationToken stopping)
    {
        var request = new UpgradeRequest(http.Request.Path.Value ?? "", name => http.Request.Headers[name].ToString(), name => http.Request.Query[name].ToString());
        if (http.Request.Method == HttpMethods.Post && "/" + request.Path.TrimStart('/') == TokenStore.Path)
        {
            await CreateTokenAsync(http, door, FrontDoor.ReadKey(request));
            return;
        }
        var admission = await door.AdmitAsync(request, http.RequestAborted);
        var refusal = admission.Refusal ?? (http.WebSockets.IsWebSocketRequest ? null : HttpRefusal.NoUpgrade);
        if (refusal is not null)
        {
            await AnswerAsync(http, refusal.Status, refusal.Body);
            return;
        }
        var webSocket = await http.WebSockets.AcceptWebSocketAsync();
        var stream = ((FreezableUpgrade)http.Features.GetRequiredFeature<IHttpUpgradeFeature>()).Stream!;
        await host.ServeAsync(webSocket, stream, http.Abort, admission, stopping);
    }

    private static async Task CreateTokenAsync(HttpContext http, FrontDoor door, string key)
    {
        using var body = new StreamReader(http.Request.Body);
        var (status, answer) = door.CreateToken(await body.ReadToEndAsync(http.RequestAborted), key);
        await AnswerAsync(http, status, answer);
    }

    private static Task AnswerAsync(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
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
