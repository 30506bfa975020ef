using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Storage;
using Support;
using Tools.Invocation;
using Tools.Ledger;
using VoiceAgent.Commands;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent tools</c> shows what the model is told, runs a tool as a call would, and keeps the ledger's open entries.</summary>
public sealed class ToolsCommandTests
{
    private const string Live = """{ "Endpoint": "SERVICE", "ApiKey": "key" }""";

    private const string Agents = """
        { "reception": { "Tools": [ "First" ] }, "old": { "Model": "gemini-3.1-flash-live-preview", "Tools": [ "first_words" ] }, "silent": {} }
        """;

    private static readonly string PluginFolder = Path.Combine(
        Repository.Root, "tests", "Plugins", "First", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    private static readonly string Tools = $$"""
        {
          "PluginFolder": {{JsonSerializer.Serialize(PluginFolder)}},
          "Plugins": { "First": { "Assembly": "First.dll", "Settings": { "Greeting": "hello" } } },
          "Policies": { "first_words": { "Behavior": "NonBlocking", "Retries": 1 }, "ring_bell": { "Confirm": true } }
        }
        """;

    [Fact]
    public async Task List_has_the_declarations_that_each_agents_model_gets_and_the_rules()
    {
        await using var rig = await StartAsync();
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create()));

        Assert.Contains("Agent reception, gemini-3.8-live: 2 tools", rig.Output, StringComparison.Ordinal);
        Assert.Contains("First.first_words: the model goes on, result WhenIdle, at most 8 s, no side effects, 1 retry", rig.Output, StringComparison.Ordinal);
        Assert.Contains("""{"name":"first_words","description":"Says what the first plugin was told.","behavior":"NON_BLOCKING","parameters":{"type":"OBJECT","properties":{"name":{"type":"STRING"}},"required":["name"]}}""", rig.Output, StringComparison.Ordinal);
        Assert.Contains("First.ring_bell: the model waits, at most 8 s, side effects (ledger), the caller has to agree", rig.Output, StringComparison.Ordinal);
        Assert.Contains("""{"name":"first_words","description":"Says what the first plugin was told.","parameters":""", rig.Output, StringComparison.Ordinal);
        Assert.Contains("Agent silent, gemini-3.8-live: no tools", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_of_one_agent_as_JSON()
    {
        await using var rig = await StartAsync();
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "--agent", "old", "--json"));

        var agent = Assert.Single(JsonDocument.Parse(rig.Output).RootElement.EnumerateArray());
        var tool = Assert.Single(agent.GetProperty("tools").EnumerateArray());
        Assert.Equal(("old", "first_words"), (agent.GetProperty("agent").GetString(), tool.GetProperty("declaration").GetProperty("name").GetString()));
        Assert.Equal(("First", "NonBlocking"), (tool.GetProperty("source").GetString(), tool.GetProperty("policy").GetProperty("behavior").GetString()));
    }

    [Fact]
    public async Task Tool_is_run_with_the_caller_that_is_named()
    {
        await using var rig = await StartAsync();
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "invoke", "first_words", "--args", """{ "name": "Ada" }""", "--caller", "+4930"));

        Assert.Contains("""{"output":{"text":"hello Ada from +4930","words":"version 1 of the words","tones":["Kind"]}}""", rig.Output, StringComparison.Ordinal);
        Assert.Matches("Succeeded after [0-9]+ ms, [0-9]+ bytes", rig.Output);
    }

    [Theory]
    [InlineData(1, "name", "first_words")]
    [InlineData(1, "a call back", "ring_bell", "--args", """{ "times": 0 }""")]
    [InlineData(2, "Agent reception has no tool 'nothing'; it has first_words, ring_bell.", "nothing")]
    [InlineData(2, "Agent silent has no tool 'first_words'; it has none.", "first_words", "--agent", "silent")]
    [InlineData(2, "There is no agent 'nobody'; there are: ", "first_words", "--agent", "nobody")]
    [InlineData(2, "--args is no JSON object", "first_words", "--args", "[]")]
    [InlineData(2, "--args is no JSON: ", "first_words", "--args", "{")]
    public async Task Failure_is_told_in_words_and_by_the_exit_code(int exitCode, string said, params string[] args)
    {
        await using var rig = await StartAsync();
        Assert.Equal(exitCode, await rig.RunAsync(ToolsCommand.Create(), ["invoke", .. args]));
        Assert.Contains(said, rig.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret inside", rig.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Side_effect_stands_in_the_ledger()
    {
        await using var rig = await StartAsync();
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger"));
        Assert.Equal("No entries.", rig.Output.Trim());

        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "invoke", "ring_bell", "--args", """{ "times": 2 }""", "--caller", "+4930"));
        Assert.Contains("""{"output":"rung 2 times for +4930"}""", rig.Output, StringComparison.Ordinal);
        var call = rig.Output[rig.Output.IndexOf("shell-", StringComparison.Ordinal)..].Trim();
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger", "--call", call));
        Assert.Matches($"call {call}  ring_bell .*\"times\": ?2.*  Succeeded", rig.Output);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger", "--unknown", "--json"));
        Assert.Equal("[]", rig.Output.Trim());
    }

    [Fact]
    public async Task Open_entry_is_settled_by_the_operator()
    {
        await using var rig = await StartAsync();
        await LeaveOpenAsync(rig.DatabaseFile);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger", "--unknown"));
        Assert.Contains("ring_bell", rig.Output, StringComparison.Ordinal);

        Assert.Equal(1, await rig.RunAsync(ToolsCommand.Create(), "settle", "k1"));
        Assert.Contains("Say either --done or --not-done.", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "settle", "k1", "--done", "--note", "heard it"));
        Assert.Equal(1, await rig.RunAsync(ToolsCommand.Create(), "settle", "k1", "--not-done"));
        Assert.Contains("There is no open entry k1", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger"));
        Assert.Matches("k1  .*Succeeded.*(heard it)", rig.Output);
    }

    [Fact]
    public async Task Check_sends_the_agents_functions()
    {
        await using var rig = await StartAsync();
        Assert.Equal(0, await rig.RunAsync(CheckCommand.Create(), "--agent", "reception"));
        Assert.Contains("\"functionDeclarations\":[{\"name\":\"first_words\"", Assert.Single(rig.Service.Sessions).Messages[0].Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_tools_are_told_before_anything_is_done()
    {
        await using var rig = await CommandRig.StartAsync(Live, agents: """{ "reception": { "Tools": [ "crm" ] } }""");
        foreach (var command in new[] { ToolsCommand.Create(), TokenCommand.Create() })
        {
            Assert.Equal(2, await rig.RunAsync(command));
            Assert.Contains("Agents:Profiles:reception:Tools:0 = 'crm' is no tool and no source of tools", rig.Output, StringComparison.Ordinal);
        }
        Assert.Equal(0, rig.Service.ConnectionAttempts);
    }

    [Fact]
    public async Task Ledger_is_kept_although_the_tools_cannot_be_loaded()
    {
        await using var rig = await CommandRig.StartAsync(Live, agents: """{ "reception": { "Tools": [ "crm" ] } }""");
        await LeaveOpenAsync(rig.DatabaseFile);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "ledger", "--unknown"));
        Assert.Contains("ring_bell", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create(), "settle", "k1", "--done"));
    }

    [Fact]
    public async Task Source_that_does_not_answer_is_told_with_the_reason()
    {
        await using var rig = await CommandRig.StartAsync(
            Live, agents: """{ "reception": { "Tools": [ "files" ] } }""", tools: """{ "Mcp": { "files": { "Url": "http://127.0.0.1:9/mcp" } } }""");
        Assert.Equal(0, await rig.RunAsync(ToolsCommand.Create()));
        Assert.Contains("Source of tools files does not answer, and is tried again: ", rig.Output, StringComparison.Ordinal);
    }

    private static Task<CommandRig> StartAsync() => CommandRig.StartAsync(Live, agents: Agents, tools: Tools);

    private static async Task LeaveOpenAsync(string file)
    {
        await using var database = new Database(new DatabaseOptions { ConnectionString = $"Data Source={file}" }, TimeProvider.System);
        await using var ledger = new DatabaseLedger(database, "test", TimeProvider.System, NullLogger<DatabaseLedger>.Instance);
        await ledger.StartAsync(CancellationToken.None);
        Assert.True(await ledger.IntendAsync(new LedgerIntent("k1", "c1", "ring_bell", "{}"), CancellationToken.None));
        Assert.True(await ledger.ConcludeAsync("k1", ToolOutcome.Unknown, "", "no answer"));
    }
}
