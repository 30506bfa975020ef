using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using Support;

namespace EndToEnd.Tests.Browser;

/// <summary>The recording of a call over SIP and RTP by the console's API, for those who may hear it and those who may not.</summary>
public sealed class RecordingApiTests : IDisposable
{
    private readonly RecordedCall _call = new();

    public void Dispose() => _call.Dispose();

    [Fact]
    public async Task A_recording_is_given_in_parts_to_those_who_may_hear_it_and_that_is_noted()
    {
        await using var agent = await _call.StartAsync();
        var key = await RecordedCall.MakeAsync(agent);
        using var strangers = new HttpClient { BaseAddress = agent.Http };
        var path = $"/console/api/calls/{Uri.EscapeDataString(key)}/recording";
        foreach (var forbidden in (string[])[path, $"{path}/outline"])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await strangers.GetAsync(forbidden)).StatusCode);
            using var viewer = await RecordedCall.SignedInAsync(agent, "vera");
            Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(forbidden)).StatusCode);
        }
        using var http = await RecordedCall.SignedInAsync(agent, "olga");
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
        Assert.Single(timeline, text => text == "olga at the console: listened to the recording");
        Assert.DoesNotContain(timeline, text => text!.Contains("vera", StringComparison.Ordinal));
    }
}
