using Simulation.Live;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.ToolCalls;

namespace EndToEnd.Tests;

/// <summary>The whole service with tools from its configuration: a phone call over sockets, the CRM and the ledger in a database file.</summary>
public sealed class ToolTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("tools").FullName;

    [Fact]
    public async Task Agent_looks_a_caller_up_and_speaks_of_what_it_found()
    {
        await using var agent = await AgentUnderTest.StartAsync(
            null,
            ("Database:ConnectionString", $"Data Source={Path.Combine(_folder, "agent.db")}"),
            ("Tools:Crm:Enabled", "true"),
            ("Agents:Profiles:reception:Tools:0", "crm"));
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TurnCompleted, Soon);
        Assert.Contains("find_contact", session.Messages[0].Json, StringComparison.Ordinal);

        var from = session.Events.Count;
        await session.CallToolAsync("find_contact");
        await session.WaitForAsync(SessionEventKind.ToolResponseReceived, Soon, from);
        await session.WaitForAsync(SessionEventKind.TurnCompleted, Soon, from);
        await caller.HangUpAsync();

        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        var entry = Assert.Single(record.Tools);
        Assert.Equal(("find_contact", ToolOutcome.Succeeded, ToolDelivery.Response, true), (entry.Tool, entry.Outcome, entry.Delivered, entry.HeardByCaller!.Value));
        Assert.Contains(record.Timeline, step => step.Kind == TimelineKind.Tool);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
