using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Playwright;
using Simulation.Live;
using Support;
using Support.Databases;
using VoiceAgent.WebConsole;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>A recorded call over SIP and RTP, heard in the console: by its API as by somebody who may and who may not, and in a real browser.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ConsoleRecordingTests : IDisposable
{
    private const string Password = "correct horse battery";
    private const float PatienceMs = 20_000;
    private const int CallerHz = 400;
    private const int AgentHz = 700;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly string Hash = PasswordHash.Of(Password);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recording_is_given_in_parts_to_those_who_may_hear_it_and_that_is_noted()
    {
        await using var agent = await StartAsync();
        var key = await RecordedCallAsync(agent);
        using var strangers = new HttpClient { BaseAddress = agent.Http };
        var path = $"/console/api/calls/{Uri.EscapeDataString(key)}/recording";
        foreach (var forbidden in (string[])[path, $"{path}/outline"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await strangers.GetAsync(forbidden)).StatusCode);
            using var viewer = await SignedInAsync(agent, "vera");
            Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(forbidden)).StatusCode);
        }
        using var http = await SignedInAsync(agent, "olga");
        using var whole = await http.GetAsync(path);
        Assert.Equal(("audio/wav", true), (whole.Content.Headers.ContentType!.MediaType, whole.Headers.CacheControl!.NoStore));
        Assert.Contains("bytes", whole.Headers.AcceptRanges);
        var wav = await whole.Content.ReadAsByteArrayAsync();
        var pcm = MemoryMarshal.Cast<byte, short>(wav.AsSpan(44)).ToArray();
        short[] caller = [.. pcm.Where((_, i) => i % 2 == 0)], said = [.. pcm.Where((_, i) => i % 2 == 1)];
        Assert.True(Tone.Amplitude(caller, 16_000, CallerHz) > 10 * Tone.Amplitude(caller, 16_000, AgentHz));
        Assert.True(Tone.Amplitude(said, 16_000, AgentHz) > 10 * Tone.Amplitude(said, 16_000, CallerHz));

        using var asked = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(50_001, 60_000) } };
        using var part = await http.SendAsync(asked);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(wav[50_001..60_001], await part.Content.ReadAsByteArrayAsync());
        using var beyond = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(wav.Length, null) } };
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await http.SendAsync(beyond)).StatusCode);

        var outline = await http.GetFromJsonAsync<JsonElement>($"{path}/outline");
        Assert.Equal(1_000, outline.GetProperty("caller").GetArrayLength());
        Assert.Equal((wav.Length - 44) / 64_000.0, outline.GetProperty("seconds").GetDouble(), 0.01);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/console/api/calls/unknown/recording")).StatusCode);
        var shown = await http.GetFromJsonAsync<JsonElement>($"/console/api/calls/{Uri.EscapeDataString(key)}");
        var timeline = shown.GetProperty("record").GetProperty("timeline").EnumerateArray().Select(entry => entry.GetProperty("text").GetString()).ToList();
        Assert.Single(timeline, text => text == "olga at the console: listened to the recording");
        Assert.DoesNotContain(timeline, text => text!.Contains("vera", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recording_is_heard_in_the_browser_and_the_transcript_follows()
    {
        await using var agent = await StartAsync();
        var key = await RecordedCallAsync(agent);
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
        await page.GetByLabel("Password").FillAsync(Password);
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
        Assert.InRange(place, 1, 10);

        var wave = page.GetByRole(AriaRole.Slider, new() { Name = "Place in the recording" });
        await wave.FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Expect(wave).ToHaveAttributeAsync("aria-valuenow", "0");
        await page.Keyboard.PressAsync("Space");
        await UntilAsync(async () => await PlaceAsync(page) > 0.3);
        await Expect(turns.Nth(0)).ToHaveAttributeAsync("aria-current", "true");
        await page.Keyboard.PressAsync("Space");
        await UntilAsync(() => page.EvaluateAsync<bool>("document.querySelector('audio').paused"));
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

    private Task<AgentUnderTest> StartAsync() => AgentUnderTest.StartAsync(new SimulatedLiveOptions { AutoAnswer = false },
        ("Console:Users:vera:PasswordHash", Hash), ("Console:Users:olga:PasswordHash", Hash), ("Console:Users:olga:Role", "Operator"), ("Live:SignTimeout", "00:00:30"),
        ("Recordings:Folder", _folder.Path), ("Recordings:Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))), ("Recordings:MinFreeMb", "0"),
        ("Agents:Profiles:reception:Recording:Enabled", "true"), ("Agents:Profiles:reception:Recording:Start", "WithCall"));

    /// <summary>A call in which agent, caller and agent say a second each; the key of its record.</summary>
    private static async Task<string> RecordedCallAsync(AgentUnderTest agent)
    {
        await using var caller = await ConversationTests.Dial(agent);
        var session = await agent.Live.WaitForSessionAsync(1, Soon);
        await session.WaitForAsync(SessionEventKind.TextReceived, Soon);
        await session.SayAsync(Tone.Sine(24_000, AgentHz, 24_000, 8_000), "This call is recorded.");
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        caller.Say(Tone.Sine(16_000, CallerHz, 16_000, 8_000), 16_000);
        Assert.True(await caller.WaitUntilSaidAsync(Soon));
        await session.SayAsync(Tone.Sine(24_000, AgentHz, 24_000, 8_000), "Welcome.");
        await Task.Delay(500);
        Assert.NotNull(await caller.WaitForAgentSilenceAsync(TimeSpan.FromMilliseconds(300), Soon));
        await caller.HangUpAsync();
        var record = Assert.Single(await agent.WaitForRecordsAsync(1));
        Assert.NotNull(record.Recording);
        var key = VoiceAgent.Records.RecordCursor.KeyOf(record);
        using var http = await SignedInAsync(agent, "olga");
        await UntilAsync(async () => (await http.GetAsync($"/console/api/calls/{Uri.EscapeDataString(key)}")) is { StatusCode: HttpStatusCode.OK } answer
            && (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("record").TryGetProperty("endReason", out var reason) && reason.ValueKind == JsonValueKind.String);
        await UntilAsync(async () => (await http.GetFromJsonAsync<JsonElement>($"/console/api/calls/{Uri.EscapeDataString(key)}/recording/outline")).GetProperty("fault").ValueKind == JsonValueKind.Null);
        return key;
    }

    private static async Task<HttpClient> SignedInAsync(AgentUnderTest agent, string user)
    {
        var http = new HttpClient { BaseAddress = agent.Http };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/console/api/sign-in") { Content = JsonContent.Create(new { user, password = Password }) };
        request.Headers.Add("Origin", agent.Http.GetLeftPart(UriPartial.Authority));
        request.Headers.Add(ConsoleDoor.Header, "1");
        Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(request)).StatusCode);
        return http;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Soon);
        while (!await isSo())
            await Task.Delay(50, limit.Token);
    }
}
