using Microsoft.Playwright;
using Simulation.Live;
using Support;
using Support.Databases;
using Telephony.Audio;
using VoiceAgent.Calls;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>Talking and listening in a real browser, whose microphone is a file. Pictures as in <see cref="ConsoleBrowserTests"/>.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class TalkBrowserTests : IDisposable
{
    private const float PatienceMs = 20_000;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task An_operator_talks_to_the_agent_by_the_browsers_microphone()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", "")]);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", .. Microphone()] });
        var page = await ConsoleVisitor.BrowseAsync(browser, agent, "olga", "#/talk");
        var faults = new List<string>();
        page.Console += (_, message) => { if (message.Type == "error") faults.Add(message.Text); };
        page.PageError += (_, error) => faults.Add(error);
        page.SetDefaultTimeout(PatienceMs);
        SetDefaultExpectTimeout(PatienceMs);

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
        await UntilAsync(() => session.CallerAudio is { Length: > 24_000 } heard && Tone.Amplitude(heard.AsSpan(^16_000..), 16_000, 700) > 300);
        await session.SendTranscriptAsync("Where is my order?");
        await Expect(page.Locator("#said li.caller")).ToContainTextAsync("Where is my order?");
        await Expect(page.Locator("#said li.agent s")).Not.ToHaveCountAsync(0);   // what was cut off
        await page.GetByRole(AriaRole.Button, new() { Name = "5", Exact = true }).ClickAsync();
        await PictureAsync(page, "talk");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("m");
        await Expect(page.Locator("#talk-mute")).ToHaveTextAsync("Unmute");
        await page.SetViewportSizeAsync(360, 740);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The talk is wider than a telephone.");
        await PictureAsync(page, "phone-talk");
        await page.Keyboard.PressAsync("s");
        await Expect(page.Locator("#talk-status")).ToHaveTextAsync("You hung up.");
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Equal((EndReason.CallerHungUp, TalkCalls.Trunk, "olga", "5"), (record.EndReason, record.Trunk, record.User, record.Digits.Replace('x', '5')));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task An_admin_listens_to_a_running_call_and_stops_by_key()
    {
        await using var agent = await AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false }, [.. ConsoleVisitor.Users, ("Live:SignTimeout", "00:00:30"), ("Live:TurnTimeout", "00:01:00"), ("Calls:Filler", "")]);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        var page = await ConsoleVisitor.BrowseAsync(browser, agent, "anna", "#/");
        page.SetDefaultTimeout(PatienceMs);
        SetDefaultExpectTimeout(PatienceMs);
        await page.Locator("tr[data-call] a").ClickAsync();
        await Expect(page.Locator("#listen")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#listen-status")).ToContainTextAsync("You hear this call");
        await session.SayAsync("story");
        await LoudAsync(page, "meter-heard-agent");
        await page.Locator("#balance").FillAsync("0.5");
        await PictureAsync(page, "listen");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("a");
        await Expect(page.Locator("#listen-status")).ToHaveTextAsync("You have stopped listening.");
        await Expect(page.Locator("#listen")).ToHaveTextAsync("Listen");
        await page.SetViewportSizeAsync(360, 740);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "Listening is wider than a telephone.");
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.Contains(record.Timeline, entry => entry.Text == "anna at the console has stopped listening");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    // A tone that comes and goes: what does not change is taken for noise and suppressed.
    private string[] Microphone()
    {
        var file = _folder.File("microphone.wav");
        var pcm = new short[48_000 * 4];
        for (var at = 0; at < pcm.Length; at += 48_000)
            Tone.Sine(48_000, 700, 24_000, 12_000).CopyTo(pcm, at);
        using (var wav = new WavWriter(File.Create(file), 48_000, 1))
            wav.Write(pcm);
        return ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", $"--use-file-for-fake-audio-capture={file}", "--autoplay-policy=no-user-gesture-required"];
    }

    private static async Task PictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("CONSOLE_PICTURES") is { Length: > 0 })
            await page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "docs", "console", $"{name}.png") });
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
