using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Tools.Mcp;

namespace Tools.Tests.Mcp;

/// <summary>What is wrong with a server's section is told at start: key, value, remedy.</summary>
public sealed class McpSettingsTests
{
    [Theory]
    [InlineData("{}", "Tools:Mcp:demo: set either Command, for a program, or Url")]
    [InlineData("""{ "Command": "sh", "Url": "https://x/" }""", "Tools:Mcp:demo: set either Command")]
    [InlineData("""{ "Command": "no-such-program" }""", "Tools:Mcp:demo:Command: 'no-such-program' is not found")]
    [InlineData("""{ "Command": "./no/such" }""", "Tools:Mcp:demo:Command: './no/such' is not found")]
    [InlineData("""{ "Url": "shop" }""", "Tools:Mcp:demo:Url: 'shop' is no address")]
    [InlineData("""{ "Url": "https://a:b@x/" }""", "Headers for credentials")]
    [InlineData("""{ "Url": "https://x/", "Headers": { "A": "${env:NO_SUCH_VARIABLE}" } }""", "Tools:Mcp:demo:Headers:A: ${env:NO_SUCH_VARIABLE}: the environment variable is not set")]
    [InlineData("""{ "Command": "sh", "Environment": { "A": "${file:/no/such}" } }""", "Tools:Mcp:demo:Environment:A: ${file:/no/such}: the file is missing")]
    [InlineData("""{ "Command": "sh", "Arguments": [ "{number}" ] }""", "arguments of a call, such as {number}, have no place here")]
    [InlineData("""{ "Command": "sh", "WorkingDirectory": "/no/such" }""", "Tools:Mcp:demo:WorkingDirectory: '/no/such' is no folder")]
    [InlineData("""{ "Command": "sh", "StartTimeout": "00:00:00" }""", "Tools:Mcp:demo:StartTimeout: '00:00:00' is not between")]
    [InlineData("""{ "Command": "sh", "Prefix": "a-" }""", "Tools:Mcp:demo:Prefix: 'a-' may have letters")]
    [InlineData("""{ "Command": "sh", "Argumants": [ "x" ] }""", "'Argumants'")]
    public void Faulty_server_is_refused(string server, string fault) =>
        Assert.Contains(fault, Assert.Throws<ToolSourceException>(() => Create(server)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Server_that_never_answers_is_told_after_its_time()
    {
        await using var source = Create("""{ "Command": "sleep", "Arguments": [ "60" ], "StartTimeout": "00:00:00.300" }""").Single();

        var absent = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(CancellationToken.None));

        Assert.StartsWith("Tools:Mcp:demo: Command 'sleep' gives no tools: no answer", absent.Message, StringComparison.Ordinal);
        Assert.True(absent.MayPass);
    }

    [Fact]
    public async Task Address_that_nobody_answers_at_is_told()
    {
        await using var source = Create("""{ "Url": "http://127.0.0.1:9/mcp", "Required": true }""").Single();

        var absent = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(CancellationToken.None));

        Assert.StartsWith("Tools:Mcp:demo: Url 'http://127.0.0.1:9/mcp' gives no tools: ", absent.Message, StringComparison.Ordinal);
        Assert.False(absent.MayPass);
    }

    [Fact]
    public async Task Public_address_without_encryption_is_never_called()
    {
        await using var source = Create("""{ "Url": "http://8.8.8.8/mcp" }""").Single();

        var absent = await Assert.ThrowsAsync<ToolSourceException>(async () => await source.LoadAsync(CancellationToken.None));

        Assert.Contains("must not be called", absent.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<IToolSource> Create(string server)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{ "Tools": { "Mcp": { "demo": {{server}} } } }"""));
        var tools = new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Tools");
        return new McpToolFactory(TimeProvider.System, NullLoggerFactory.Instance).Create(tools);
    }
}
