using EndToEnd.Tests.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Simulation.Live;
using Storage;
using Support.Databases;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The console's page of all nodes in a real browser: two services over one PostgreSQL, and a third node that falls silent.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ClusterPageTests(Chromium chromium) : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly PostgreSqlServer _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task All_nodes_and_their_calls_are_seen_and_a_call_elsewhere_leads_to_its_console()
    {
        Assert.SkipUnless(PostgreSqlServer.IsInstalled, PostgreSqlServer.Missing);
        var browser = chromium.StartAsync();
        var database = new DatabaseOptions { Provider = DatabaseProvider.PostgreSql, ConnectionString = await _server.CreateDatabaseAsync() };
        var nodes = await Task.WhenAll(StartAsync(database, "berlin-1"), StartAsync(database, "berlin-2"));
        await using var own = nodes[0];
        await using var other = nodes[1];
        await browser;
        await RecordedCall.UntilAsync(() => Task.FromResult(other.Services.GetRequiredService<CallTable>().HasRoom));   // its first part of the sessions
        await using var caller = await ConversationTests.Dial(other);
        await (await other.Live.WaitForSessionAsync(1, Soon)).WaitForAsync(SessionEventKind.TextReceived, Soon);
        await TellOfAsync(database, TimeSpan.FromMinutes(5));   // longer than all that is looked at before it is lost
        using var admin = await ConsoleVisitor.EnterAsync(other, "anna");
        (await admin.PostAsync("drain", "{}")).Dispose();

        await using var opened = await ConsolePage.OpenAsync(chromium, own, "anna");
        var page = opened.Page;
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Cluster" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("n");
        var rows = page.GetByRole(AriaRole.Table, new() { Name = "Nodes", Exact = true }).Locator("tbody tr");
        await Expect(rows).ToHaveCountAsync(3);
        await Expect(rows.Nth(0)).ToContainTextAsync("berlin-1 (this one)");
        await Expect(rows.Nth(0)).ToContainTextAsync("ready");
        await Expect(rows.Nth(1)).ToContainTextAsync("draining");
        await Expect(rows.Nth(1)).ToContainTextAsync("1 of 100");
        await Expect(rows.Nth(2)).ToContainTextAsync("2 of 250");
        await Expect(page.GetByText("3 calls; 60 Live sessions for all nodes together")).ToBeVisibleAsync();
        var calls = page.GetByRole(AriaRole.Table, new() { Name = "Calls of all nodes" }).Locator("tbody tr");
        await Expect(calls).ToHaveCountAsync(3);
        await Expect(calls.Filter(new() { HasText = "munich-1" })).ToHaveCountAsync(2);
        await Expect(calls.Filter(new() { HasText = "Speaking" })).ToContainTextAsync("+49 89 5550100");
        await opened.ShowsWellAsync("cluster", phoneToo: true);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal("rgb(29, 33, 37)", await rows.Nth(0).EvaluateAsync<string>("row => getComputedStyle(row.closest('table')).backgroundColor"));

        await TellOfAsync(database, TimeSpan.FromSeconds(1));
        // By keys alone to the call of the other node, whose row stays the same while the list is read again.
        await page.Keyboard.PressAsync("k");
        await Expect(rows.Nth(2)).ToContainTextAsync("lost, last heard of");
        await Expect(calls).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("j");
        await page.WaitForResponseAsync(answer => answer.Url.EndsWith("/api/cluster", StringComparison.Ordinal));
        await Expect(calls.Locator("a")).ToBeFocusedAsync();
        await opened.ShowsWellAsync("cluster-lost");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#elsewhere")).ToContainTextAsync("This call runs in the service berlin-2.");
        await Expect(page.Locator("#hang-up")).ToHaveCountAsync(0);
        await opened.ShowsWellAsync("call-elsewhere");

        // The link leads to the same call there; who is signed in at both nodes stays so.
        await page.Context.AddCookiesAsync([admin.Cookie]);
        await page.Locator("#elsewhere a").ClickAsync();
        await Expect(page.Locator("#hang-up")).ToBeVisibleAsync();
        Assert.StartsWith(other.Http.ToString(), page.Url, StringComparison.Ordinal);
        await page.GoBackAsync();
        await Expect(page.Locator("#elsewhere")).ToBeVisibleAsync();
        opened.HasNoFaults();
    }

    private static Task<AgentUnderTest> StartAsync(DatabaseOptions database, string name)
    {
        var http = $"http://127.0.0.1:{PeerPorts.Take()}";
        return AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"),
            ("Database:Provider", "PostgreSql"), ("Database:ConnectionString", database.ConnectionString), ("Database:Instance", name),
            ("Http:Listen", http), ("Cluster:ConsoleUrl", $"{http}/console/"), ("Cluster:LiveSessions", "60"), ("Cluster:Heartbeat", "00:00:00.200")]);
    }

    // Says that it is there, and nothing more for so long that it will be lost.
    private static async Task TellOfAsync(DatabaseOptions options, TimeSpan timeout)
    {
        await using var database = new Database(options, TimeProvider.System);
        CallRow[] calls =
        [
            new("6c1f0e2ab3", "Inbound", "+49 89 5550100", "+49 89 2000", "carrier", "reception", "Speaking", DatabaseText.From(DateTimeOffset.UtcNow.AddMinutes(-4))),
            new("91d7aa04ce", "Inbound", "", "+49 89 2000", "carrier", "reception", "Listening", DatabaseText.From(DateTimeOffset.UtcNow.AddMinutes(-1))),
        ];
        var report = new NodeReport("process-of-munich", "munich-1", "udp://10.0.3.7:5060", "http://10.0.3.7:8080", "", "ready", calls.Length, 250, "1.0.0", timeout);
        await new ClusterTables(database, TimeSpan.FromHours(1)).BeatAsync(report, new CallChanges(calls, calls, [], IsWhole: true), CancellationToken.None);
    }
}
