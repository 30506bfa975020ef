using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tools.Http;

namespace Tools.Tests.Http;

/// <summary>A real web server on this machine that answers as a test says, under whatever name; and tools that call it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Host = "shop.example";
    public const string OtherHost = "other.example";

    private readonly WebApplication _server;

    private Shop(WebApplication server, int port) => (_server, Port) = (server, port);

    public int Port { get; }

    /// <summary>What came, in order.</summary>
    public ConcurrentQueue<ShopRequest> Requests { get; } = new();

    /// <summary>Names that were looked up, in order.</summary>
    public ConcurrentQueue<string> LookedUp { get; } = new();

    /// <summary>Addresses of a name; this machine when it says nothing.</summary>
    public Func<string, IPAddress[]?> Resolve { get; set; } = _ => null;

    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("");

    public static async Task<Shop> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        var server = builder.Build();
        Shop? shop = null;
        server.Run(context => shop!.TakeAsync(context));
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return shop = new Shop(server, new Uri(address).Port);
    }

    /// <summary>Answers everything with a JSON text.</summary>
    public Shop Says(string json, int status = 200)
    {
        Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(json);
        };
        return this;
    }

    /// <summary>A source with one tool, whose settings start from a plain GET.</summary>
    public IToolSource Source(string settings, TimeProvider? time = null, ILoggerFactory? loggers = null, string source = "", bool isPrivate = true) => Factory(time, loggers)
        .Create(Configuration($$"""
            { "BaseUrl": "http://{{Host}}:{{Port}}", "AllowedHosts": [ "{{Host}}", "{{OtherHost}}" ], "AllowPrivateAddresses": {{(isPrivate ? "true" : "false")}}, {{(source.Length > 0 ? source + "," : "")}}
              "Title": "The shop", "Tools": { "order": { "Description": "Finds an order.", {{settings}} } } }
            """)).Single();

    public HttpToolFactory Factory(TimeProvider? time = null, ILoggerFactory? loggers = null) =>
        new(time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, (host, _) =>
        {
            LookedUp.Enqueue(host);
            return Task.FromResult(Resolve(host) ?? [IPAddress.Loopback]);
        });

    /// <summary>Section Tools with one source, <c>shop</c>.</summary>
    public static IConfiguration Configuration(string source) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "Tools": { "Http": { "shop": {{source}} } } }"""))).Build().GetSection("Tools");

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _server.StopAsync(atOnce.Token);
        await _server.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var request = context.Request;
        Requests.Enqueue(new ShopRequest(request.Method, context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await body.ReadToEndAsync()));
        await Answer(context);
    }
}

/// <summary>What a server received.</summary>
internal sealed record ShopRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>Calls tools as the service does.</summary>
internal static class Calling
{
    public static readonly ToolContext Context = new()
    {
        CallId = "c1", Agent = "reception", CallerNumber = "+493012345", DialledNumber = "100", IdempotencyKey = "6f1d-1",
    };

    public static async Task<ToolResult> CallAsync(this IToolSource source, string arguments = "{}", ToolContext? context = null, CancellationToken cancellation = default)
    {
        var tools = await source.LoadAsync(CancellationToken.None);
        return await tools[0].CallAsync(arguments, context, cancellation);
    }

    public static async Task<ToolResult> CallAsync(this Tool tool, string arguments = "{}", ToolContext? context = null, CancellationToken cancellation = default)
    {
        var values = JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments)!;
        return Assert.IsType<ToolResult>(await tool.Function.InvokeAsync((context ?? Context).With(values), cancellation));
    }

    public static string Json(this ToolResult result)
    {
        Assert.Null(result.Error);
        return JsonSerializer.Serialize(result.Value);
    }
}
