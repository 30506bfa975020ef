using Microsoft.Playwright;
using Support;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The recording of a call over SIP and RTP in a real browser: its outline, playback, and the transcript that follows.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ConsoleRecordingTests : IDisposable
{
    private const float PatienceMs = 20_000;

    private readonly RecordedCall _call = new();

    public void Dispose() => _call.Dispose();

    [Fact]
    public async Task A_recording_is_heard_in_the_browser_and_the_transcript_follows()
    {
        await using var agent = await _call.StartAsync();
        var key = await RecordedCall.MakeAsync(agent);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { BaseURL = agent.Http.ToString(), ViewportSize = new() { Width = 1200, Height = 900 } });
        page.SetDefaultTimeout(PatienceMs);
        SetDefaultExpectTimeout(PatienceMs);
        var faults = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal)) faults.Add(message.Text); };
        page.PageError += (_, error) => faults.Add(error);
        await page.GotoAsync("/console/");
        await page.GetByLabel("User").FillAsync("olga");
        await page.GetByLabel("Password").FillAsync(RecordedCall.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#service")).ToHaveTextAsync("ready, 0 calls");

        await page.GotoAsync($"/console/#/call/{Uri.EscapeDataString(key)}");
        await Expect(page.Locator(".wave path.agent")).ToHaveCountAsync(1);
        await Expect(page.Locator(".wave path.caller")).ToHaveCountAsync(1);
        var turns = page.Locator("ol.said li.agent");
        await Expect(turns).ToHaveCountAsync(2);
        await Expect(page.Locator("li[aria-current]")).ToHaveCountAsync(0);
        await turns.Nth(1).ClickAsync();
        await Expect(turns.Nth(1)).ToHaveAttributeAsync("aria-current", "true");
        var place = await PlaceAsync(page);
        Assert.InRange(place, 0.7, 10);

        var wave = page.GetByRole(AriaRole.Slider, new() { Name = "Place in the recording" });
        await wave.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(wave).ToHaveAttributeAsync("aria-valuenow", "0");
        await page.Keyboard.PressAsync("Space");
        await RecordedCall.UntilAsync(async () => await PlaceAsync(page) > 0.3);
        await Expect(turns.Nth(0)).ToHaveAttributeAsync("aria-current", "true");
        await page.Keyboard.PressAsync("Space");
        await RecordedCall.UntilAsync(() => page.EvaluateAsync<bool>("document.querySelector('audio').paused"));
        await page.Keyboard.PressAsync("End");
        await Expect(turns.Nth(0)).Not.ToHaveAttributeAsync("aria-current", "true");
        await Expect(page.Locator("li[aria-current]")).ToHaveCountAsync(1);
        await turns.Nth(1).ClickAsync();
        if (Environment.GetEnvironmentVariable("CONSOLE_PICTURES") is { Length: > 0 })
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "console", "recording.png") });
        await page.SetViewportSizeAsync(360, 740);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(faults);
    }

    private static Task<double> PlaceAsync(IPage page) => page.EvaluateAsync<double>("document.querySelector('audio').currentTime");
}
