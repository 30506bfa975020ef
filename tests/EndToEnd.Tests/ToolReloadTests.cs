using Microsoft.Extensions.DependencyInjection;
using Simulation.Live;
using Support;
using Tools.Catalog;
using Tools.Invocation;
using Tools.Ledger;

namespace EndToEnd.Tests;

/// <summary>Tools from the configuration file to the model and back: a plugin acts, the ledger knows it, and an edited file is for new calls.</summary>
public sealed class ToolReloadTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly string Plugin = Path.Combine(
        Repository.Root, "tests", "Plugins", "First", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "First.dll");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reload");

    private string SettingsFile => Path.Combine(_folder.FullName, "appsettings.json");

    [Fact]
    public async Task Edited_file_gives_new_calls_other_tools_while_a_running_call_keeps_and_uses_its_own()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "prompts"), Path.Combine(Repository.Root, "config", "prompts"));
        await WriteAsync("""[ "First" ]""");
        await using var agent = await AgentUnderTest.StartFromAsync(
            SettingsFile, new SimulatedLiveOptions { AutoAnswer = false }, ("Database:ConnectionString", $"Data Source={_folder.FullName}/test.db"));
        await using var first = await ConversationTests.Dial(agent);
        var running = await agent.Live.WaitForSessionAsync(1, Soon);
        await running.WaitForAsync(SessionEventKind.TextReceived, Soon);

        await WriteAsync("""[ "first_words" ]""");
        var catalog = agent.Services.GetRequiredService<ToolCatalog>();
        for (var i = 0; catalog.Reloads == 0 && i < 100; i++)
            await Task.Delay(100);
        Assert.Equal(1, catalog.Reloads);
        await using var second = await ConversationTests.Dial(agent);
        var next = await agent.Live.WaitForSessionAsync(2, Soon);
        await next.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await running.CallToolAsync("ring_bell", """{ "times": 2 }""");
        await running.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon);

        Assert.Contains("ring_bell", running.Messages[0].Json, StringComparison.Ordinal);
        Assert.Contains("first_words", next.Messages[0].Json, StringComparison.Ordinal);
        Assert.DoesNotContain("ring_bell", next.Messages[0].Json, StringComparison.Ordinal);
        Assert.Contains(running.Messages, message => message.Json.Contains("rung 2 times for caller", StringComparison.Ordinal));
        var entry = Assert.Single(await agent.Services.GetRequiredService<IToolLedger>().ListAsync(new LedgerQuery(), CancellationToken.None));
        Assert.Equal(("ring_bell", ToolOutcome.Succeeded), (entry.Tool, entry.Outcome));
        await first.HangUpAsync();
        await second.HangUpAsync();
        await agent.WaitForRecordsAsync(2);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task WriteAsync(string tools) => File.WriteAllTextAsync(SettingsFile, $$"""
        {
          "Agents": { "Profiles": { "reception": { "Tools": {{tools}} } } },
          "Tools": { "Plugins": { "First": { "Assembly": "{{Plugin}}" } } }
        }
        """);
}
