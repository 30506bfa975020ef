using System.Text;
using Support;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>What the record of a call tells besides its words.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class RecordTests
{
    [Fact]
    public async Task Tokens_cost_sources_and_changes_of_connection_are_kept()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000, 6_000), "It rains."));
        call.Run(2_000);
        const string source = """{"web":{"uri":"https://example.com/weather","title":"Weather"}}""";
        const string grounding = """{"serverContent":{"groundingMetadata":{"webSearchQueries":["rain"],"groundingChunks":[""" + source + "," + source + "]}}}";
        call.Do(call.Session.SendRawAsync(Encoding.UTF8.GetBytes(grounding)));
        call.Do(call.Session.AbortAsync());
        call.Run(1_000);
        call.Line.HangUp();
        call.Run(100);

        var record = call.Record;
        Assert.True(record.Usage!.Response.Audio > 0, call.Story);
        Assert.Equal(record.TotalTokens, record.Usage.TotalTokens);
        Assert.True(record.Usage.CostUsd > 0);
        Assert.Equal("gemini-3.8-live", record.Model);
        Assert.Equal("https://example.com/weather", Assert.Single(record.Sources).Uri);
        var reconnect = Assert.Single(record.Reconnects);
        Assert.Equal((false, "no close frame"), (reconnect.IsPlanned, reconnect.Cause[..14]));
        Assert.InRange(reconnect.GapMs!.Value, 0, 500);
        Assert.Contains("\"costUsd\":", RecordFile.ToJson(record), StringComparison.Ordinal);
    }
}
