using Microsoft.Playwright;
using Simulation.Live;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The console in a real browser: each view, the actions, keys, dark colours and a telephone's width.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ConsoleBrowserTests(Chromium chromium)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_operator_signs_in_sees_a_call_hangs_it_up_and_finds_it_again()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30")]);
        await using var opened = await ConsolePage.OpenAsync(chromium, agent, user: null);
        var page = opened.Page;
        await page.GetByLabel("User").FillAsync("olga");
        await page.GetByLabel("Password").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("No such user, or not their password.")).ToBeVisibleAsync();
        await opened.ShowsWellAsync("sign-in");
        await page.GetByLabel("Password").FillAsync(ConsoleVisitor.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("No calls at this moment.")).ToBeVisibleAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("ready, 0 calls");

        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync("story");
        var row = page.Locator("tr[data-call]");
        await Expect(row).ToContainTextAsync("Greeting");
        await Expect(row).ToContainTextAsync("MOS");
        await opened.ShowsWellAsync("live", phoneToo: true);

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What happened" })).ToBeVisibleAsync();
        await page.Locator("#whisper").FillAsync("Offer them the blue bicycle.");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#whisper")).ToHaveValueAsync("");
        await opened.ShowsWellAsync("running-call");
        await page.Locator("#hang-up").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("AgentHungUp");
        await Expect(page.Locator("ul.why")).ToContainTextAsync("olga hung up at the console.");
        await Expect(page.Locator("#hang-up")).ToHaveCountAsync(0);
        await Expect(page.Locator("ol.said li.agent")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("svg.lanes rect.agent")).Not.ToHaveCountAsync(0);
        await opened.ShowsWellAsync("call");

        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("c");
        await page.GetByLabel("Number").FillAsync("agent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await opened.ShowsWellAsync("calls", phoneToo: true);
        await page.GetByLabel("Number").FillAsync("0999");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("No calls.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "System" }).ClickAsync();
        await Expect(page.GetByText("No part is ill.")).ToBeVisibleAsync();
        await opened.ShowsWellAsync("system", phoneToo: true);

        await page.GetByRole(AriaRole.Link, new() { Name = "Live" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take no further calls" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("draining, 0 calls");
        await Expect(page.GetByText("No further calls are taken: stopped by olga at")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take calls again" }).ClickAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("ready, 0 calls");
        using var anna = await ConsoleVisitor.EnterAsync(agent, "anna");
        (await anna.PostAsync("drain", "{}")).Dispose();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take calls again" }).ClickAsync();
        await Expect(page.Locator("#confirm-text")).ToContainTextAsync("The intake was stopped by anna at");
        await opened.ShowsWellAsync("stopped");
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("ready, 0 calls");

        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#help")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal("rgb(20, 23, 26)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.Keyboard.PressAsync("t");
        Assert.Equal("rgb(251, 251, 250)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.Keyboard.PressAsync("t");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
        opened.HasNoFaults();
    }
}
