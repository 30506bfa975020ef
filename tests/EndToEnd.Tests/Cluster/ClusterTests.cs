using EndToEnd.Tests.Peers;
using Storage;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace EndToEnd.Tests.Cluster;

/// <summary>Three nodes behind the edge: calls are spread, a draining node loses none, a killed one's callers find another, and all of them together stay below the limit.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ClusterTests
{
    private const int Calls = 60;
    private static readonly TimeSpan ForEver = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Shortly = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Calls_are_spread_drained_killed_and_limited_over_three_nodes()
    {
        Assert.SkipUnless(Kamailio.IsInstalled && Sipp.IsInstalled && PostgreSqlServer.IsInstalled, $"{Kamailio.Missing} {Sipp.Missing} {PostgreSqlServer.Missing}");
        await using var lab = await ClusterLab.StartAsync();
        using var stop = new CancellationTokenSource();
        Task callers = lab.CallAsync(Calls, perSecond: 12, ForEver, stop.Token);
        try
        {
            var calls = await SpreadAsync(lab);
            await DrainAsync(lab, calls[0]);
            await KillAsync(lab, calls[2]);
            callers = Task.WhenAll(callers, await FillAsync(lab, calls[2].Count, stop.Token));
            Assert.Superset(calls[0].ToHashSet(StringComparer.Ordinal), (await lab.Nodes[0].CallsAsync()).ToHashSet(StringComparer.Ordinal));   // not one was lost, whatever happened beside it
            Assert.Superset(calls[1].ToHashSet(StringComparer.Ordinal), (await lab.Nodes[1].CallsAsync()).ToHashSet(StringComparer.Ordinal));
            Assert.Equal(ClusterLab.LiveSessions, lab.Live.MaxOpenSessions);
        }
        finally
        {
            await stop.CancelAsync();
            await callers;
        }
    }

    // Any node lists the calls of all.
    private static async Task<IReadOnlyList<IReadOnlyList<string>>> SpreadAsync(ClusterLab lab)
    {
        foreach (var node in lab.Nodes)
            await lab.UntilAsync($"{node.Name} lists {Calls} calls", async () => (await node.ReadAsync())?.Calls.Count == Calls);
        var calls = await Task.WhenAll(lab.Nodes.Select(node => node.CallsAsync()));
        Assert.All(calls, own => Assert.InRange(own.Count, 10, 30));
        return calls;
    }

    private static async Task DrainAsync(ClusterLab lab, IReadOnlyList<string> calls)
    {
        await lab.Nodes[0].PostAsync("/drain");
        await lab.UntilAsync("the others have room", () => HasRoomAsync(lab, 1, 2));
        (await lab.CallAsync(4, perSecond: 4, Shortly)).MustSucceed(4);
        await lab.UntilAsync("another node knows that it drains", async () => (await lab.Nodes[1].ReadAsync())?.Nodes[0].State == "draining");
        Assert.Equal(calls, await lab.Nodes[0].CallsAsync());
        await lab.Nodes[0].PostAsync("/resume");
        await lab.UntilAsync("it has room again", () => HasRoomAsync(lab, 0, 1));
    }

    // The edge asks every second: one call shows that it knows.
    private static async Task<bool> HasRoomAsync(ClusterLab lab, params int[] nodes) =>
        await lab.Nodes[1].ReadAsync() is { } view && nodes.All(i => view.Nodes[i].State == "ready" && view.Nodes[i].Sessions - view.Nodes[i].Calls >= 3)
        && (await lab.CallAsync(1, perSecond: 1, Shortly)).Successful == 1;

    // Its calls end for all who look, also in the records; and nobody who calls meanwhile waits for it.
    private static async Task KillAsync(ClusterLab lab, IReadOnlyList<string> victims)
    {
        await lab.Nodes[2].KillAsync();
        var result = (await lab.CallAsync(6, perSecond: 3, Shortly)).MustSucceed(6);
        Assert.InRange(result.LongestSetup, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        await lab.UntilAsync("it is lost", async () => await lab.Nodes[0].ReadAsync() is { } view && view.Nodes[2].State == "lost" && view.Calls.Count == Calls - victims.Count);
        await using var database = new Database(lab.Database, TimeProvider.System);
        var closed = new CallQuery { Instance = lab.Nodes[2].Name, EndReason = EndReason.ServiceKilled, Limit = CallQuery.MaxLimit };
        await lab.UntilAsync("its records are closed", async () =>
            !victims.Except((await new CallArchive(database).FindAsync(closed, CancellationToken.None)).Select(call => call.CallId), StringComparer.Ordinal).Any());
    }

    // More callers than there are sessions: all sessions are used, and not one more.
    private static async Task<Task<SippResult>> FillAsync(ClusterLab lab, int victims, CancellationToken stop)
    {
        var callers = lab.CallAsync(ClusterLab.LiveSessions - Calls + victims + 12, perSecond: 12, ForEver, stop);
        await lab.UntilAsync($"{ClusterLab.LiveSessions} calls run", async () => (await lab.Nodes[1].ReadAsync())?.Calls.Count == ClusterLab.LiveSessions);
        var refused = await lab.CallAsync(5, perSecond: 5, Shortly, stop);
        Assert.Equal((0, 5), (refused.Successful, refused.Failed));
        Assert.InRange(refused.CountReceived("SIP/2.0 503"), 5, int.MaxValue);   // more where one was said twice
        return callers;
    }
}
