using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Support;
using Tools.Mcp;

namespace Tools.Tests.Mcp;

/// <summary>Real MCP servers that nobody here wrote the protocol of: <c>tests/mcp-server</c>, installed once; and tools made of them as the service does.</summary>
public sealed class McpServer : IAsyncLifetime
{
    public const string Missing = "node and npm are not installed (apt-get install nodejs npm).";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(2);

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "mcp-server");

    public static bool IsInstalled { get; } = Exists("node") && Exists("npm");

    /// <summary>Program of the server that shows all features of the protocol.</summary>
    public static string Everything => Path.Combine(Folder, "node_modules", "@modelcontextprotocol", "server-everything", "dist", "index.js");

    /// <summary>Program of the server with faults on request.</summary>
    public static string Faulty => Path.Combine(Folder, "faulty.mjs");

    public async ValueTask InitializeAsync()
    {
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (!IsInstalled || (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json"))))
            return;
        using var npm = Start("npm", ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]);
        var output = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync().WaitAsync(InstallLimit);
        Assert.True(npm.ExitCode == 0, $"npm ci in tests/mcp-server: exit code {npm.ExitCode}.\n{await output}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Starts the server of all features over HTTP; the caller kills it.</summary>
    internal static async Task<Process> StartHttpAsync(int port)
    {
        var server = Start("node", [Everything, "streamableHttp"], ("PORT", $"{port}"));
        while (await server.StandardError.ReadLineAsync().WaitAsync(StartLimit) is { } line)
        {
            if (line.Contains("listening", StringComparison.Ordinal))
                return server;
        }
        throw new InvalidOperationException("The server ended at its start.");
    }

    /// <summary>A source over standard input and output.</summary>
    internal static IToolSource Program(string program, object? settings = null, ILoggerFactory? loggers = null) =>
        Source(new { Command = "node", Arguments = new[] { program, "stdio" } }, settings, loggers);

    /// <summary>A source over streamable HTTP.</summary>
    internal static IToolSource Address(string url, object? settings = null, TimeProvider? time = null) => Source(new { Url = url }, settings, null, time);

    private static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Process Start(string program, IEnumerable<string> arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };   // read, so that it never waits for us
        process.BeginOutputReadLine();
        return process;
    }

    private static IToolSource Source(object where, object? settings, ILoggerFactory? loggers, TimeProvider? time = null)
    {
        var section = JsonSerializer.SerializeToNode(where)!.AsObject();
        foreach (var (key, value) in JsonSerializer.SerializeToNode(settings ?? new { })!.AsObject())
            section[key] = value?.DeepClone();
        using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new { Mcp = new { demo = section } }));
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        return new McpToolFactory(time ?? TimeProvider.System, loggers ?? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance).Create(configuration).Single();
    }
}
