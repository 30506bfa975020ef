using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Playwright;
using Support;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The recording of one call over SIP and RTP: by the console's API for those who may hear it and those who may not, and in a real browser, its outline, playback, and the transcript that follows.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class ConsoleRecordingTests(RecordedCall call, Chromium chromium) : IClassFixture<RecordedCall>
{
    [Fact]
    public async Task A_recording_is_given_in_parts_to_those_who_may_hear_it_and_that_is_noted()
    {
        var (agent, key) = (call.Agent, call.Key);
        using var strangers = new HttpClient { BaseAddress = agent.Http };
        var path = $"/console/api/calls/{Uri.EscapeDataString(key)}/recording";
        foreach (var forbidden in (string[])[path, $"{path}/outline"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await strangers.GetAsync(forbidden)).StatusCode);
            using var vera = await ConsoleVisitor.EnterAsync(agent, "vera");
            Assert.Equal(HttpStatusCode.Forbidden, (await vera.Http.GetAsync(forbidden)).StatusCode);
        }
        using var anna = await ConsoleVisitor.EnterAsync(agent, "anna");
        var http = anna.Http;
        using var whole = await http.GetAsync(path);
        Assert.Equal(("audio/wav", true), (whole.Content.Headers.ContentType!.MediaType, whole.Headers.CacheControl!.NoStore));
        Assert.Contains("bytes", whole.Headers.AcceptRanges);
        var wav = await whole.Content.ReadAsByteArrayAsync();
        var pcm = MemoryMarshal.Cast<byte, short>(wav.AsSpan(44)).ToArray();
        short[] caller = [.. pcm.Where((_, i) => i % 2 == 0)], said = [.. pcm.Where((_, i) => i % 2 == 1)];
        Assert.True(Tone.Amplitude(caller, 16_000, RecordedCall.CallerHz) > 10 * Tone.Amplitude(caller, 16_000, RecordedCall.AgentHz));
        Assert.True(Tone.Amplitude(said, 16_000, RecordedCall.AgentHz) > 10 * Tone.Amplitude(said, 16_000, RecordedCall.CallerHz));

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
        Assert.Single(timeline, text => text == "anna at the console: listened to the recording");
        Assert.DoesNotContain(timeline, text => text!.Contains("vera", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recording_is_heard_in_the_browser_and_the_transcript_follows()
    {
        await using var opened = await ConsolePage.OpenAsync(chromium, call.Agent, "olga", $"#/call/{Uri.EscapeDataString(call.Key)}");
        var page = opened.Page;
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
        await opened.ShowsWellAsync("recording");
        opened.HasNoFaults();
    }

    private static Task<double> PlaceAsync(IPage page) => page.EvaluateAsync<double>("document.querySelector('audio').currentTime");
}
