using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tools.Tests.Mcp;

/// <summary>Tools of real MCP servers: found, filtered, called, followed when they change, and called again after the server died.</summary>
[Trait("Category", "Peer")]
public sealed class McpServerTests : IClassFixture<McpServer>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Program_gives_its_tools_and_answers()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Everything);
        await AssertEverythingAsync(source);
    }

    [Fact]
    public async Task Server_over_http_gives_the_same_and_is_found_again_after_its_end()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        var port = FreePort();
        var server = await McpServer.StartHttpAsync(port);
        await using var source = McpServer.Address($"http://127.0.0.1:{port}/mcp");
        await AssertEverythingAsync(source);

        var echo = await ToolAsync(source, "echo");
        server.Kill();
        server.Dispose();
        Assert.NotNull((await CallAsync(echo, new { message = "a" })).Error);
        server = await McpServer.StartHttpAsync(port);
        Assert.Equal("Echo: b", await UntilAsync(async () => (await CallAsync(echo, new { message = "b" })).Value as string));
        server.Kill();
        server.Dispose();
    }

    [Fact]
    public async Task Only_wanted_tools_are_taken_under_names_that_models_can_call()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Everything, new { Include = new[] { "get-*", "echo" }, Exclude = new[] { "*image*", "get-env" }, Prefix = "demo_" });

        var names = (await source.LoadAsync(CancellationToken.None)).Select(tool => tool.Name).ToList();

        Assert.Contains("demo_get_sum", names);
        Assert.Contains("demo_echo", names);
        Assert.All(names, name => Assert.Matches("^demo_[a-z_]+$", name));
        Assert.DoesNotContain(names, name => name.Contains("image", StringComparison.Ordinal) || name.Contains("env", StringComparison.Ordinal) || name.Contains("toggle", StringComparison.Ordinal));
    }

    [Fact]
    public async Task News_of_a_long_run_come_in_and_a_cancelled_run_is_cancelled_there()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Everything);
        var news = new Heard();

        var result = await CallAsync(await ToolAsync(source, "trigger_long_running_operation"), new { duration = 0.3, steps = 3 }, news);

        Assert.Equal("Long running operation completed. Duration: 0.3 seconds, Steps: 3.", result.Value);
        await UntilAsync(() => Task.FromResult(news.Count >= 2 ? "enough" : null));
        Assert.Contains("1 of 3", news);

        await using var faulty = McpServer.Program(McpServer.Faulty);
        var hang = await ToolAsync(faulty, "hang");
        using var hangUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(hang, new { }, cancellation: hangUp.Token));
        var aborted = await ToolAsync(faulty, "aborted");
        Assert.Equal("1", await UntilAsync(async () => (await CallAsync(aborted, new { })).Value is "1" ? "1" : null));
    }

    [Fact]
    public async Task Killed_program_is_started_again_and_the_next_call_works()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Faulty);
        var pid = await ToolAsync(source, "pid");
        var hang = await ToolAsync(source, "hang");
        var first = (string)(await CallAsync(pid, new { })).Value!;
        var inFlight = CallAsync(hang, new { });
        await Task.Delay(100);

        Process.GetProcessById(int.Parse(first, CultureInfo.InvariantCulture)).Kill();

        var failure = await inFlight.WaitAsync(Soon);
        Assert.Equal(("The service 'demo' broke the connection.", true, false), (failure.Error, failure.MayRetry, failure.IsUnknown));
        Assert.NotEqual(first, await UntilAsync(async () => (await CallAsync(pid, new { })).Value as string));
    }

    [Fact]
    public async Task Program_that_dies_in_an_act_leaves_it_open_and_one_that_only_read_does_not()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Faulty);
        var act = await ToolAsync(source, "act_and_die");
        var die = await ToolAsync(source, "die");

        Assert.True((await CallAsync(act, new { })).IsUnknown);
        var read = await UntilAsync(async () => await CallAsync(die, new { }) is { Error: "The service 'demo' broke the connection." } failed ? failed : null);
        Assert.False(read.IsUnknown);
    }

    [Fact]
    public async Task Closed_source_leaves_no_program_behind()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        var source = McpServer.Program(McpServer.Faulty);
        var pid = await ToolAsync(source, "pid");
        var id = int.Parse((string)(await CallAsync(pid, new { })).Value!, CultureInfo.InvariantCulture);

        await source.DisposeAsync();

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
        Assert.Equal("The service 'demo' is not available.", (await CallAsync(pid, new { })).Error);
    }

    [Fact]
    public async Task Changed_list_is_announced_and_loaded_anew()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Faulty);
        var changed = new TaskCompletionSource();
        source.Changed = () => changed.TrySetResult();
        Assert.DoesNotContain(await source.LoadAsync(CancellationToken.None), tool => tool.Name == "added");

        await CallAsync(await ToolAsync(source, "add_tool"), new { });

        await changed.Task.WaitAsync(Soon);
        Assert.Equal("I am new", (await CallAsync(await ToolAsync(source, "added"), new { })).Value);
    }

    [Fact]
    public async Task Hints_of_the_server_are_the_policies_defaults()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Faulty, new { Timeout = "00:00:03" });

        Assert.Equal((true, false), Policy(await ToolAsync(source, "pid")));
        Assert.Equal((true, false), Policy(await ToolAsync(source, "aborted")));
        Assert.Equal((false, true), Policy(await ToolAsync(source, "act_and_die")));
        Assert.Equal((false, false), Policy(await ToolAsync(source, "add_tool")));
        Assert.Equal(TimeSpan.FromSeconds(3), (await ToolAsync(source, "pid")).Policy.Timeout);

        static (bool Idempotent, bool Confirm) Policy(Tool tool) => (tool.Policy.Idempotent, tool.Policy.Confirm);
    }

    [Fact]
    public async Task Failures_are_words_and_a_huge_answer_of_a_program_costs_the_session_only()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program(McpServer.Faulty);

        Assert.Equal("The service 'demo' reports a failure: No such customer.", (await CallAsync(await ToolAsync(source, "fail"), new { })).Error);
        Assert.StartsWith("The service 'demo' reports a failure: ", (await CallAsync(await ToolAsync(source, "check"), new { count = "x" })).Error, StringComparison.Ordinal);
        Assert.Equal("6f1d-1", (await CallAsync(await ToolAsync(source, "key"), new { })).Value);
        var pid = await ToolAsync(source, "pid");
        Assert.Equal("The service 'demo' broke the connection.", (await CallAsync(await ToolAsync(source, "huge"), new { })).Error);
        Assert.NotNull(await UntilAsync(async () => (await CallAsync(pid, new { })).Value as string));
    }

    [Fact]
    public async Task Program_sees_its_own_secrets_only_and_nobody_else_sees_them()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        Environment.SetEnvironmentVariable("SERVICE_KEY", "of the service");
        Environment.SetEnvironmentVariable("MCP_TEST_KEY", "s3cr3t-of-the-server");
        using var log = new Heard();
        await using var source = McpServer.Program(McpServer.Faulty, new { Environment = new { KEY = "${env:MCP_TEST_KEY}" } }, log);

        var result = await CallAsync(await ToolAsync(source, "noise"), new { });

        Assert.Equal("""{"key":"***","other":null}""", JsonSerializer.Serialize(result.Value));
        await UntilAsync(() => Task.FromResult(log.Any(line => line.Contains("line 5 of ***", StringComparison.Ordinal)) ? "there" : null));
        Assert.DoesNotContain(log, line => line.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.InRange(log.Count, 1, 60);
    }

    [Fact]
    public async Task Program_that_ends_at_once_is_told_with_the_key_and_may_come_back()
    {
        Assert.SkipUnless(McpServer.IsInstalled, McpServer.Missing);
        await using var source = McpServer.Program("no-such-file.js");
        await using var required = McpServer.Program("no-such-file.js", new { Required = true });

        var fault = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(CancellationToken.None));
        Assert.StartsWith("Tools:Mcp:demo: Command 'node' gives no tools: ", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.MayPass);
        Assert.False((await Assert.ThrowsAsync<ToolSourceException>(async () => await required.LoadAsync(CancellationToken.None))).MayPass);
    }

    private static async Task AssertEverythingAsync(IToolSource source)
    {
        var tools = await source.LoadAsync(CancellationToken.None);
        Assert.All(tools, tool => Assert.Equal("demo", tool.Source));
        var echo = tools.Single(tool => tool.Name == "echo");
        Assert.Equal("Echoes back the input string", echo.Function.Description);
        Assert.Equal("object", echo.Function.JsonSchema.GetProperty("type").GetString());

        Assert.Equal("Echo: hello", (await CallAsync(echo, new { message = "hello" })).Value);
        Assert.Equal("The sum of 2 and 3 is 5.", (await CallAsync(await ToolAsync(source, "get_sum"), new { a = 2, b = 3 })).Value);
        Assert.Equal("""{"temperature":33,"conditions":"Cloudy","humidity":82}""",
            JsonSerializer.Serialize((await CallAsync(await ToolAsync(source, "get_structured_content"), new { location = "New York" })).Value));
        var image = Assert.IsType<string>((await CallAsync(await ToolAsync(source, "get_tiny_image"), new { })).Value);
        Assert.EndsWith("(One picture, sound or file is left out.)", image, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<Tool> ToolAsync(IToolSource source, string name) => (await source.LoadAsync(CancellationToken.None)).Single(tool => tool.Name == name);

    private static async Task<ToolResult> CallAsync(Tool tool, object arguments, IProgress<object>? progress = null, CancellationToken cancellation = default)
    {
        var context = new ToolContext { CallId = "c1", Agent = "a", IdempotencyKey = "6f1d-1", Progress = progress ?? new Heard() };
        var values = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(pair => pair.Name, pair => (object?)pair.Value, StringComparer.Ordinal);
        return Assert.IsType<ToolResult>(await tool.Function.InvokeAsync(context.With(values), cancellation));
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> look)
        where T : class
    {
        for (var started = Stopwatch.StartNew(); started.Elapsed < Soon; await Task.Delay(20))
        {
            if (await look() is { } found)
                return found;
        }
        throw new TimeoutException("It did not happen.");
    }

    /// <summary>Lines of a log, or news.</summary>
    private sealed class Heard : ConcurrentQueue<string>, IProgress<object>, ILoggerFactory, ILogger
    {
        public void Report(object value) => Enqueue(value.ToString()!);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Enqueue(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
