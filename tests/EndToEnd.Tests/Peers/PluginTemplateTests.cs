using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Support;
using Tools;
using Tools.Plugins;

namespace EndToEnd.Tests.Peers;

/// <summary>The template of docs/tools.md with the SDK that is installed: a project is made of it, built, loaded by the service, and its tool runs.</summary>
[Trait("Category", "Peer")]
public sealed class PluginTemplateTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("template");

    [Fact]
    public async Task Project_made_of_the_template_becomes_a_tool()
    {
        await DotnetAsync("new", "install", Path.Combine(Repository.Root, "templates", "plugin"), "--debug:custom-hive", Hive);
        await DotnetAsync("new", "voiceagent-plugin", "-n", "Bakery", "-o", "Bakery", "--voiceagent", AppContext.BaseDirectory, "--debug:custom-hive", Hive);
        await DotnetAsync("build", "Bakery", "-c", "Release", "-o", "plugins/Bakery", "-p:NuGetAudit=false", "--disable-build-servers");
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "plugins", "Bakery", "Tools.dll")));

        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("Tools:Plugins:Bakery:Settings:Shop", "The bakery")]).Build();
        await using var source = new PluginFactory(_folder.FullName, NullLoggerFactory.Instance, TimeProvider.System).Create(settings.GetSection("Tools")).Single();
        var tool = Assert.Single(await source.LoadAsync(CancellationToken.None));
        var caller = new ToolContext { CallId = "c1", Agent = "a" };
        var answer = await tool.Function.InvokeAsync(caller.With(new Dictionary<string, object?>(StringComparer.Ordinal) { ["day"] = JsonElement.Parse("\"Monday\"") }));

        Assert.Equal(("opening_hours", "The bakery is open from 9 to 18 on Mondays."), (tool.Name, answer));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Hive => Path.Combine(_folder.FullName, "hive");

    private async Task DotnetAsync(params string[] arguments)
    {
        // Calls of other tests run beside it: it takes what they leave of the processor.
        string[] command = OperatingSystem.IsWindows() ? ["dotnet", .. arguments] : ["nice", "-n", "10", "dotnet", .. arguments];
        await using var dotnet = PeerProcess.Start(command[0], _folder.FullName, command[1..], isAtHome: true);
        var exitCode = await dotnet.WaitForExitAsync(Limit);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}: exit code {exitCode?.ToString() ?? "none, it took too long"}.\n{dotnet.Output}");
    }
}
