using System.Diagnostics;
using Tools.Invocation;
using Tools.Tests.Mcp;

namespace Tools.Tests.Http;

/// <summary>Whoever a tool calls over HTTP is told of the span that it is called from (W3C Trace Context), and of nothing else.</summary>
public sealed class TraceContextTests : IDisposable
{
    private static readonly ActivitySource Source = new(ToolTracing.SourceName);

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == ToolTracing.SourceName,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public TraceContextTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Declared_web_call_names_the_tools_span_also_where_it_is_sent_on()
    {
        await using var shop = await Shop.StartAsync();
        shop.Answer = context =>
        {
            if (context.Request.Path == "/x")
                context.Response.Redirect("/y");
            return context.Response.CompleteAsync();
        };
        await using var source = shop.Source(""" "Url": "/x", "Retries": 0 """);
        using (var span = Source.StartActivity("execute_tool order"))
        {
            await source.CallAsync();
            Assert.Equal([span!.Id, span.Id], shop.Requests.Select(request => request.Header("traceparent")));
        }
        Assert.All(shop.Requests, request => Assert.Null(request.Header("baggage")));
    }

    [Fact]
    public async Task Without_a_span_nothing_is_said()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(""" "Url": "/x" """);
        await source.CallAsync();
        Assert.Null(Assert.Single(shop.Requests).Header("traceparent"));
    }

    [Fact]
    public async Task Call_of_an_MCP_server_over_HTTP_names_the_tools_span()
    {
        await using var server = await HandmadeServer.StartAsync();
        var told = new List<string?>();
        var answer = server.Call;
        server.Call = (context, number) =>
        {
            told.Add(context.Request.Headers["traceparent"]);
            return answer(context, number);
        };
        await using var source = McpServer.Address(server.Url);
        var book = (await source.LoadAsync(CancellationToken.None)).Single();
        using var span = Source.StartActivity("execute_tool book");
        Assert.Equal("booked", (await book.CallAsync("""{"number":1}""")).Value);
        Assert.Equal(span!.Id, Assert.Single(told));
    }
}
