using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using VoiceAgent.Observability.Catalog;
using VoiceAgent.Observability.Exposition;

namespace EndToEnd.Tests;

/// <summary>A34: what <c>/metrics</c> says of a call is what its caller has seen; and who may read it.</summary>
public sealed class MetricsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Figures_of_a_call_are_the_callers_own()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telephony:Trunks:carrier:Addresses:0", "127.0.0.1"));
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        await agent.WaitForRecordsAsync(1);
        await agent.WhenIdleAsync();

        using var http = new HttpClient { BaseAddress = agent.Http };
        using var answer = await http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(1, Value(text, "telephony_calls_offered_total"));
        Assert.Equal(1, Value(text, "telephony_calls_answered_total"));
        Assert.Equal(1, Value(text, "voiceagent_calls_ended_total{reason=\"CallerHungUp\"}"));
        Assert.Equal(0, Value(text, "voiceagent_calls_active"));
        Assert.Equal(1, Value(text, "voiceagent_calls_answer_time_milliseconds_count"));
        Assert.True(Value(text, "media_clock_lateness_milliseconds_count") > 0);
        var sent = Value(text, "voiceagent_rtp_packets_sent_total{trunk=\"carrier\"}");
        Assert.InRange(caller.Statistics.Packets, sent - 2, sent);   // what was on its way when the caller hung up
    }

    [Fact]
    public async Task Counting_costs_the_media_thread_no_memory()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        using var http = new HttpClient { BaseAddress = agent.Http };
        // The runtime allocates a little on any thread that makes it compile something anew: one quiet second of several proves it.
        var least = double.MaxValue;
        for (var i = 0; i < 5 && least > 0; i++)
        {
            var (bytes, turns) = await ClockAsync(http);
            await Task.Delay(1_000);
            var (bytesAfter, turnsAfter) = await ClockAsync(http);
            Assert.True(turnsAfter > turns, "The media clock has not run.");
            least = Math.Min(least, bytesAfter - bytes);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public async Task Every_tag_that_comes_stands_in_the_list()
    {
        await using var agent = await AgentUnderTest.StartAsync();
        await using var caller = await ConversationTests.Dial(agent);
        Assert.NotNull(await caller.WaitForAgentSpeechAsync(Soon));
        await caller.HangUpAsync();
        await agent.WaitForRecordsAsync(1);
        await agent.WhenIdleAsync();
        var metrics = agent.Services.GetRequiredService<MetricsText>();
        metrics.Write();
        var ours = KnownInstruments.All().Select(instrument => instrument.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (instrument, tags) in metrics.TagKeys.Where(found => ours.Contains(found.Key)))
            Assert.Empty(tags.Except(MetricCatalog.Of(instrument).Select(tag => tag.Tag), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Off", null, HttpStatusCode.NotFound)]
    [InlineData("Local", null, HttpStatusCode.OK)]
    [InlineData("Local", "192.0.2.7", HttpStatusCode.Unauthorized)]
    [InlineData("Open", "192.0.2.7", HttpStatusCode.OK)]
    public async Task Who_may_read_them_is_configured(string access, string? behindProxy, HttpStatusCode status)
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ("Telemetry:Metrics", access));
        using var http = new HttpClient { BaseAddress = agent.Http };
        if (behindProxy is not null)
            http.DefaultRequestHeaders.Add("X-Forwarded-For", behindProxy);
        using var answer = await http.GetAsync("/metrics");
        Assert.Equal(status, answer.StatusCode);
    }

    private static async Task<(double Bytes, double Turns)> ClockAsync(HttpClient http)
    {
        var text = await http.GetStringAsync("/metrics");
        return (Value(text, "media_clock_allocated_bytes_total"), Value(text, "media_clock_lateness_milliseconds_count"));
    }

    private static double Value(string text, string series) =>
        double.Parse(text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal))[(series.Length + 1)..], CultureInfo.InvariantCulture);
}
