using System.Diagnostics;
using System.Text;
using Support;
using Tools.Tests.Http;

namespace Tools.Tests.Mcp;

/// <summary>Sessions with a server at an address: one bad answer is one call's, and a server that hangs holds nobody up.</summary>
public sealed class McpHttpTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Server_that_does_not_answer_the_farewell_is_left_soon()
    {
        await using var server = await HandmadeServer.StartAsync();
        server.Farewell = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var clock = new ManualTimeProvider();
        var source = McpServer.Address(server.Url, time: clock);
        Assert.Equal("booked", (await source.CallAsync("""{"number":1}""")).Value);

        var closing = source.DisposeAsync().AsTask();
        await UntilAsync(() => server.Farewells == 1);
        Assert.False(closing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));

        await closing.WaitAsync(Soon);
    }

    [Fact]
    public async Task Session_that_the_server_forgot_is_replaced_although_the_old_ones_farewell_hangs()
    {
        await using var server = await HandmadeServer.StartAsync();
        server.Farewell = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var source = McpServer.Address(server.Url);
        var book = (await source.LoadAsync(CancellationToken.None)).Single();
        server.Forgotten = server.Sessions;

        Assert.NotNull((await book.CallAsync("""{"number":1}""")).Error);
        await UntilAsync(() => server.Sessions == 2);
        server.Farewell = _ => Task.CompletedTask;
        Assert.Equal("booked", (await book.CallAsync("""{"number":2}""")).Value);
    }

    [Theory]
    [InlineData(429, "", "The service 'demo' cannot be reached.")]
    [InlineData(403, "", "The service 'demo' cannot be reached.")]
    [InlineData(200, "{ garbled", "The service 'demo' was asked to do it, but broke the connection.")]
    [InlineData(200, "huge", "The service 'demo' was asked to do it, but broke the connection.")]
    public async Task Bad_answer_to_one_call_ends_nobody_elses(int status, string body, string words)
    {
        await using var server = await HandmadeServer.StartAsync();
        var release = new TaskCompletionSource();
        var isWaiting = new TaskCompletionSource();
        server.Call = async (context, number) =>
        {
            if (number == 1)
            {
                isWaiting.SetResult();
                await release.Task;
                return false;
            }
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.BodyWriter.WriteAsync(body == "huge" ? new byte[5 * 1024 * 1024] : Encoding.UTF8.GetBytes(body));
            return true;
        };
        await using var source = McpServer.Address(server.Url);
        var book = (await source.LoadAsync(CancellationToken.None)).Single();
        var others = book.CallAsync("""{"number":1}""");
        await isWaiting.Task.WaitAsync(Soon);

        Assert.Equal(words, (await book.CallAsync("""{"number":2}""")).Error);
        release.SetResult();

        Assert.Equal("booked", (await others).Value);
        Assert.Equal(1, server.Sessions);
        Assert.Equal(0, server.Farewells);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var started = Stopwatch.StartNew(); !isSo(); await Task.Delay(10))
            Assert.True(started.Elapsed < Soon);
    }
}
