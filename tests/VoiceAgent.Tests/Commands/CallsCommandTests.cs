using System.Text.Json;
using Storage;
using Telephony.Sip.Ladders;
using VoiceAgent.Calls;
using VoiceAgent.Commands;
using VoiceAgent.Tests.Records;

namespace VoiceAgent.Tests.Commands;

/// <summary><c>voiceagent calls</c>, while a service writes into the same database.</summary>
public sealed class CallsCommandTests
{
    [Fact]
    public async Task Lists_shows_explains_and_exports_beside_the_service()
    {
        await using var rig = await CommandRig.StartAsync("{}");
        await using var calls = new StoredCalls(new DatabaseOptions { ConnectionString = $"Data Source={rig.DatabaseFile}" });
        await calls.StartAsync();
        var over = calls.Call();
        calls.Say(over, "Where is my order?");
        over.Ladder = [new LadderMessage(calls.Time.GetUtcNow(), IsSent: false, "udp", "198.51.100.5:5060", "192.0.2.10:5070", "INVITE sip:a@b SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n")];
        calls.End(over, EndReason.LiveLost);
        var running = calls.Call(caller: "");
        await calls.WrittenAsync(over);
        await calls.WrittenAsync(running);

        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "list"));
        Assert.Contains($"2026-01-01 00:00:00Z  {over.CallId}  +49301111        -> +49302222", rig.Output, StringComparison.Ordinal);
        Assert.Contains("5.0 s  LiveLost", rig.Output, StringComparison.Ordinal);
        Assert.Contains("unknown", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "list", "--text", "ORDER", "--reason", "LiveLost", "--from", "2025-12-31", "--to", "2026-01-02", "--json"));
        using (var list = JsonDocument.Parse(rig.Output))
            Assert.Equal(over.CallId, Assert.Single(list.RootElement.EnumerateArray()).GetProperty("callId").GetString());
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "list", "--number", "999"));
        Assert.Equal("No calls.", rig.Output.Trim());
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "show", over.CallId));
        Assert.Contains("0:01.0  caller  Where is my order?", rig.Output, StringComparison.Ordinal);
        Assert.Contains("    0.000 udp|-- INVITE ---", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "explain", over.CallId));
        Assert.Contains("The Live session was lost and could not be had back.", rig.Output, StringComparison.Ordinal);
        Assert.Equal(0, await rig.RunAsync(CallsCommand.Create(), "export"));
        var lines = rig.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([(over.CallId, "sqlite"), (running.CallId, "sqlite")], lines.Select(Ids));
    }

    [Fact]
    public async Task What_is_wrong_is_said()
    {
        await using var rig = await CommandRig.StartAsync("{}");
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "list"));
        Assert.StartsWith($"There is no database {rig.DatabaseFile}.", rig.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(rig.DatabaseFile));
        await using (var calls = new StoredCalls(new DatabaseOptions { ConnectionString = $"Data Source={rig.DatabaseFile}" }))
            Assert.Equal(0, await calls.CountAsync("calls"));
        Assert.Equal(1, await rig.RunAsync(CallsCommand.Create(), "show", "nothing1"));
        Assert.Equal("There is no call nothing1; see voiceagent calls list.", rig.Output.Trim());
        Assert.NotEqual(0, await rig.RunAsync(CallsCommand.Create(), "list", "--from", "yesterday"));
        Assert.Contains("--from 'yesterday' is not a time", rig.Output, StringComparison.Ordinal);
    }

    private static (string?, string?) Ids(string line)
    {
        using var call = JsonDocument.Parse(line);
        return (call.RootElement.GetProperty("callId").GetString(), call.RootElement.GetProperty("instance").GetString());
    }
}
