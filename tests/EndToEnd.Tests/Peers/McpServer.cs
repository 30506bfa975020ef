using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Support;
using Tools;
using Tools.Mcp;

namespace EndToEnd.Tests.Peers;

/// <summary>Real MCP servers that nobody here wrote the protocol of: <c>tests/mcp-server</c>, installed once; and tools made of them as the service does.</summary>
public sealed class McpServer : IAsyncLifetime
{
    public const string Missing = "node and npm are not installed (apt-get install nodejs npm).";

    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "mcp-server");

    public static bool IsInstalled { get; } = PeerProcess.Exists("node") && PeerProcess.Exists("npm");

    /// <summary>Program of the server that shows all features of the protocol.</summary>
    public static string Everything => Path.Combine(Folder, "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js");

    /// <summary>Program of the server with faults on request.</summary>
    public static string Faulty => Path.Combine(Folder, "faulty.mjs");

    public async ValueTask InitializeAsync()
    {
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!IsInstalled || (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json"))))
            return;
        await using var npm = PeerProcess.Start("npm", Folder, ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"], isAtHome: true);
        var exitCode = await npm.WaitForExitAsync(InstallLimit);
        Assert.True(exitCode == 0, $"npm ci in tests/mcp-server: exit code {exitCode?.ToString() ?? "none, it took too long"}.\n{npm.Output}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A source over standard input and output.</summary>
    internal static IToolSource Program(string program, object? settings = null, ILoggerFactory? loggers = null) =>
        Source(new { Command = "node", Arguments = new[] { program, "stdio" } }, settings, loggers);

    /// <summary>A source over streamable HTTP.</summary>
    internal static IToolSource Address(string url, object? settings = null) => Source(new { Url = url }, settings, null);

    private static IToolSource Source(object where, object? settings, ILoggerFactory? loggers)
    {
        var section = JsonSerializer.SerializeToNode(where)!.AsObject();
        foreach (var (key, value) in JsonSerializer.SerializeToNode(settings ?? new { })!.AsObject())
            section[key] = value?.DeepClone();
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { Mcp = new { demo = section } }));
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        return new McpToolFactory(TimeProvider.System, loggers ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).Create(configuration).Single();
    }
}
