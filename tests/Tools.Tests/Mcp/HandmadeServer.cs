using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tools.Tests.Mcp;

/// <summary>The least MCP server over streamable HTTP, with one tool, <c>book</c>, which does what a test says: for faults that no real server has.</summary>
internal sealed class HandmadeServer : IAsyncDisposable
{
    private const string SessionHeader = "Mcp-Session-Id";

    private readonly WebApplication _server;
    private int _sessions;

    private HandmadeServer(WebApplication server) => _server = server;

    /// <summary>Sessions that were opened.</summary>
    public int Sessions => _sessions;

    /// <summary>Withdrawals of sessions.</summary>
    public int Farewells { get; private set; }

    /// <summary>Sessions whose number is not above this are not known any more.</summary>
    public int Forgotten { get; set; }

    /// <summary>Answers a session's farewell.</summary>
    public Func<HttpContext, Task> Farewell { get; set; } = _ => Task.CompletedTask;

    /// <summary>Answers a call whose argument is a number; false leaves it to the server, which says <c>booked</c>.</summary>
    public Func<HttpContext, int, Task<bool>> Call { get; set; } = (_, _) => Task.FromResult(false);

    public string Url => $"{_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/mcp";

    public static async Task<HandmadeServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var server = new HandmadeServer(application);
        application.Run(server.TakeAsync);
        await application.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _server.StopAsync(atOnce.Token);
        await _server.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (context.Request.Method == HttpMethods.Delete)
        {
            Farewells++;
            await Farewell(context);
            return;
        }
        if (context.Request.Method != HttpMethods.Post)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }
        var message = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        if (context.Request.Headers[SessionHeader] is [{ } session] && int.Parse(session, System.Globalization.CultureInfo.InvariantCulture) <= Forgotten)
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (message["id"] is { } id)
            await AnswerAsync(context, message, id);
        else
            context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task AnswerAsync(HttpContext context, JsonNode message, JsonNode id)
    {
        var method = (string)message["method"]!;
        if (method == "initialize")
            context.Response.Headers[SessionHeader] = $"{Interlocked.Increment(ref _sessions)}";
        if (method == "tools/call" && await Call(context, (int)message["params"]!["arguments"]!["number"]!))
            return;
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id.DeepClone() };
        if (Result(method) is { } result)
            answer["result"] = JsonNode.Parse(result);
        else
            answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "Method not found" };
        await context.Response.WriteAsJsonAsync(answer);
    }

    private static string? Result(string method) => method switch
    {
        "initialize" => """{ "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": { "name": "handmade", "version": "1" } }""",
        "tools/list" => """{ "tools": [ { "name": "book", "inputSchema": { "type": "object", "properties": { "number": { "type": "integer" } } } } ] }""",
        "tools/call" => """{ "content": [ { "type": "text", "text": "booked" } ] }""",
        "ping" => "{}",
        _ => null,
    };
}
