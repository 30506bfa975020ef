using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tools.Tests.Http;

/// <summary>Secrets reach the server that they are for, and nobody else.</summary>
public sealed class HttpSecretTests : IDisposable
{
    private const string Variable = "TOOLS_TEST_SECRET";
    private const string Secret = "k3y&with \"all\"";

    private readonly string _file = Path.GetTempFileName();

    public HttpSecretTests()
    {
        Environment.SetEnvironmentVariable(Variable, Secret);
        File.WriteAllText(_file, "from-a-file\n");
    }

    private string Settings => $$"""
        "Method": "POST", "Url": "/hooks/${env:{{Variable}}}", "Query": { "key": "${env:{{Variable}}}" }, "Headers": { "Authorization": "Bearer ${file:{{_file}}}" },
        "Body": "{ \"password\": \"${env:{{Variable}}}\" }", "Retries": 0
        """;

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Secrets_are_filled_in_and_a_changed_file_is_read_again()
    {
        await using var shop = (await Shop.StartAsync()).Says("{}");
        await using var source = shop.Source(Settings);

        await source.CallAsync();
        await File.WriteAllTextAsync(_file, "rotated");
        await source.CallAsync();
        File.Delete(_file);
        await source.CallAsync();

        Assert.Equal(["Bearer from-a-file", "Bearer rotated", "Bearer rotated"], shop.Requests.Select(request => request.Header("Authorization")));
        Assert.Equal("/hooks/k3y%26with%20%22all%22?key=k3y%26with%20%22all%22", shop.Requests.First().Target);
        Assert.Equal("""{"password":"k3y\u0026with \u0022all\u0022"}""", shop.Requests.First().Body);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(500)]
    public async Task Secrets_are_in_no_result_no_failure_and_no_log(int status)
    {
        await using var shop = await Shop.StartAsync();
        using var log = new LogLines();
        await using var source = shop.Source(Settings, loggers: log);
        shop.Answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsJsonAsync(new { message = $"You sent {Secret}", auth = context.Request.Headers.Authorization.ToString(), url = context.Request.Path + context.Request.QueryString.Value });
        };

        var result = await source.CallAsync();

        var seen = result.Error ?? result.Json();
        Assert.DoesNotContain("k3y", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("from-a-file", seen, StringComparison.Ordinal);
        Assert.Equal(status != 500, seen.Contains("***", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("k3y", StringComparison.Ordinal) || line.Contains("from-a-file", StringComparison.Ordinal));
        Assert.Equal(status >= 400, !log.Lines.IsEmpty);
    }

    [Fact]
    public async Task Secrets_are_not_in_the_declaration()
    {
        await using var shop = await Shop.StartAsync();
        await using var source = shop.Source(Settings);

        var tool = Assert.Single(await source.LoadAsync(CancellationToken.None));

        Assert.DoesNotContain("k3y", $"{tool} {tool.Function} {tool.Function.JsonSchema} {tool.Function.Description}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_secrets_refuse_the_start_with_key_and_remedy()
    {
        await using var shop = await Shop.StartAsync();

        var refused = Assert.Throws<ToolSourceException>(() => shop.Source(""" "Url": "/x", "Headers": { "A": "${env:NO_SUCH_VARIABLE}" }, "Query": { "b": "${file:/no/such/file}" } """));

        Assert.Contains("Tools:Http:shop:Tools:order:Headers:A: ${env:NO_SUCH_VARIABLE}: the environment variable is not set", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Tools:Http:shop:Tools:order:Query:b: ${file:/no/such/file}: the file is missing", refused.Message, StringComparison.Ordinal);
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

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
