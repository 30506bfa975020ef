using Microsoft.Playwright;
using Simulation.Live;
using Support;
using VoiceAgent.Calls;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>Talking and listening in a real browser, whose microphone is a file.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class TalkBrowserTests(Chromium chromium)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_operator_talks_to_the_agent_by_the_browsers_microphone()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", ""),
            ("Agents:Profiles:reception:Transfers:sales:Target", "sip:sales@127.0.0.1:5999")]);
        await using var opened = await ConsolePage.OpenAsync(chromium, agent, "olga", "#/talk");
        var page = opened.Page;
        await page.Locator("#variables").FillAsync("order: A-17");
        await page.GetByRole(AriaRole.Button, new() { Name = "Talk", Exact = true }).ClickAsync();
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        Assert.Contains("order: A-17", session.Messages[0].Json, StringComparison.Ordinal);
        await session.SayAsync("story");
        await Expect(page.Locator("#said li.agent")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#talk-status")).ToContainTextAsync("Greeting");
        await LoudAsync(page, "meter-agent");

        // The microphone's tone, through the browser's own processing, at the model's rate.
        await LoudAsync(page, "meter-own");
        await session.InterruptAsync();
        await UntilAsync(() => session.CallerAudio is { Length: > 24_000 } heard && Tone.Amplitude(heard.AsSpan(^16_000..), 16_000, Chromium.MicrophoneHz) > 300);
        await session.SendTranscriptAsync("Where is my order?");
        await Expect(page.Locator("#said li.caller")).ToContainTextAsync("Where is my order?");
        await Expect(page.Locator("#said li.agent s")).Not.ToHaveCountAsync(0);   // what was cut off
        await page.GetByRole(AriaRole.Button, new() { Name = "5", Exact = true }).ClickAsync();
        await opened.ShowsWellAsync("talk", phoneToo: true);

        // Its own page says beforehand that there is no phone that could be sent on.
        await using (var shown = await ConsolePage.OpenAsync(chromium, agent, "olga", (await page.Locator("#talk-record").GetAttributeAsync("href"))!))
        {
            await Expect(shown.Page.GetByRole(AriaRole.Button, new() { Name = "Transfer to sales" })).ToBeDisabledAsync();
            await Expect(shown.Page.Locator("#no-transfer")).ToContainTextAsync("This caller talks from a browser");
            await shown.ShowsWellAsync("call-from-browser");
            shown.HasNoFaults();
        }
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("m");
        await Expect(page.Locator("#talk-mute")).ToHaveTextAsync("Unmute");
        await page.Keyboard.PressAsync("s");
        await Expect(page.Locator("#talk-status")).ToHaveTextAsync("You hung up.");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((EndReason.CallerHungUp, TalkCalls.Trunk, "olga", "5"), (record.EndReason, record.Trunk, record.User, record.Digits.Replace('x', '5')));
        opened.HasNoFaults();
    }

    [Fact]
    public async Task An_admin_listens_to_a_running_call_and_stops_by_key()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", "")]);
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await using var opened = await ConsolePage.OpenAsync(chromium, agent, "anna", "#/");
        var page = opened.Page;
        await page.Locator("tr[data-call] a").ClickAsync();
        await Expect(page.Locator("#listen")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#listen-status")).ToContainTextAsync("You hear this call");
        await session.SayAsync("story");
        await LoudAsync(page, "meter-heard-agent");
        await page.Locator("#balance").FillAsync("0.5");
        await opened.ShowsWellAsync("listen");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#listen-status")).ToHaveTextAsync("You have stopped listening.");
        await Expect(page.Locator("#listen")).ToHaveTextAsync("Listen");
        await Expect(page.Locator("[data-part='Every step']")).ToContainTextAsync("anna at the console has stopped listening");
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Contains(record.Timeline, entry => entry.Text == "anna at the console has stopped listening");
        opened.HasNoFaults();
    }

    private static async Task LoudAsync(IPage page, string meter)
    {
        for (var end = DateTimeOffset.UtcNow + Soon; await page.EvaluateAsync<double>($"document.getElementById('{meter}').value") < -40; await Task.Delay(20))
            Assert.True(DateTimeOffset.UtcNow < end, $"Nothing is heard at {meter}.");
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var end = DateTimeOffset.UtcNow + Soon; !condition(); await Task.Delay(50))
            Assert.True(DateTimeOffset.UtcNow < end, "It did not happen in time.");
    }
}
