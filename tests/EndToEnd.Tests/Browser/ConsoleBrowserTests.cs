using Microsoft.Playwright;
using Simulation.Live;
using Support;
using VoiceAgent.WebConsole;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The console in a real browser: each view, the actions, keys, dark colours and a telephone's width. Pictures of the views are written to docs/console when <c>CONSOLE_PICTURES</c> is set.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ConsoleBrowserTests
{
    private const string Password = "correct horse battery";
    private const float PatienceMs = 20_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_operator_signs_in_sees_a_call_hangs_it_up_and_finds_it_again()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
            ("Console:Users:olga:PasswordHash", PasswordHash.Of(Password)), ("Console:Users:olga:Role", "Operator"), ("Live:SignTimeout", "00:00:30"));
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { BaseURL = agent.Http.ToString(), ViewportSize = new() { Width = 1200, Height = 800 } });
        page.SetDefaultTimeout(PatienceMs);
        SetDefaultExpectTimeout(PatienceMs);
        var faults = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal)) faults.Add(message.Text); };
        page.PageError += (_, error) => faults.Add(error);

        await page.GotoAsync("/console/");
        await page.GetByLabel("User").FillAsync("olga");
        await page.GetByLabel("Password").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("No such user, or not their password.")).ToBeVisibleAsync();
        await PictureAsync(page, "sign-in");
        await page.GetByLabel("Password").FillAsync(Password);
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
        await PictureAsync(page, "live");

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What happened" })).ToBeVisibleAsync();
        await page.Locator("#whisper").FillAsync("Offer them the blue bicycle.");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#whisper")).ToHaveValueAsync("");
        await PictureAsync(page, "running-call");
        await page.Locator("#hang-up").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("dl.facts")).ToContainTextAsync("AgentHungUp");
        await Expect(page.Locator("#hang-up")).ToHaveCountAsync(0);
        await Expect(page.Locator("ol.said li.agent")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("svg.lanes rect.agent")).Not.ToHaveCountAsync(0);
        await PictureAsync(page, "call");

        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("c");
        await page.GetByLabel("Number").FillAsync("agent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await PictureAsync(page, "calls");
        await page.GetByLabel("Number").FillAsync("0999");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("No calls.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "System" }).ClickAsync();
        await Expect(page.GetByText("No part is ill.")).ToBeVisibleAsync();
        await PictureAsync(page, "system");

        await page.GetByRole(AriaRole.Link, new() { Name = "Live" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Take no further calls" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes" }).ClickAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("draining, 0 calls");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take calls again" }).ClickAsync();
        await Expect(page.Locator("#service")).ToHaveTextAsync("ready, 0 calls");

        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("#help")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Equal("rgb(20, 23, 26)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.Keyboard.PressAsync("t");
        Assert.Equal("rgb(251, 251, 250)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await page.Keyboard.PressAsync("t");
        await page.SetViewportSizeAsync(360, 740);
        foreach (var view in (string[])["#/", "#/calls", "#/system"])
        {
            await page.GotoAsync($"/console/{view}");
            await Expect(page.Locator("main h2").First).ToBeVisibleAsync();
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{view} is wider than a telephone.");
            await PictureAsync(page, $"phone-{(view.Length > 2 ? view[2..] : "live")}");
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.Empty(faults);
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("CONSOLE_PICTURES") is { Length: > 0 })
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "console", $"{name}.png") });
    }
}
