using System.Text;
using Support;
using VoiceAgent.Calls;
using VoiceAgent.Records;

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

    [Fact]
    public async Task Answers_have_their_latency_from_the_last_word_to_the_first_sample()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.CallerSays(1_000);
        var askedAt = call.NowMs;
        call.Run(700);
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000, 6_000), "Yes."));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        var slow = call.NowMs - askedAt;
        call.Run(2_000);
        call.CallerSays(500);
        askedAt = call.NowMs;
        call.Run(240);   // before the line knows that the caller has finished
        call.Do(call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000, 6_000), "No."));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        var quick = call.NowMs - askedAt;
        call.Run(2_000);

        Assert.Equal(2, call.Record.Responses.Count);
        Assert.InRange(call.Record.Responses[0].LatencyMs, slow - 40, slow + 40);
        Assert.InRange(call.Record.Responses[1].LatencyMs, quick - 40, quick + 40);
        Assert.True(call.Record.Responses[1].AtMs > call.Record.Responses[0].AtMs + 2_000, call.Story);
    }

    [Fact]
    public async Task Greeting_and_second_sentence_of_the_same_turn_are_no_answers()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.Do(call.Session.SayAsync((short[])[.. Tone.Sine(24_000, 500, 24_000, 6_000), .. new short[24_000], .. Tone.Sine(24_000, 500, 24_000, 6_000)], "Good morning. Who is there?"));
        call.Run(5_000);
        Assert.Empty(call.Record.Responses);
    }

    [Fact]
    public async Task States_are_kept_and_keys_are_masked()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.Line.Press('4');
        call.Line.Press('#');
        call.Run(100);
        call.Line.HangUp();
        call.Run(100);
        Assert.Equal([CallState.Connecting, CallState.Answering, CallState.Listening, CallState.Ended], call.Record.States.Select(state => state.State));
        Assert.Equal("xx", call.Record.Digits);
        Assert.DoesNotContain(call.Record.Timeline, entry => entry.Text.Contains('4', StringComparison.Ordinal) && entry.Kind == TimelineKind.Digit);
        Assert.Equal(call.Record.EndReason, RecordParts.Read(RecordParts.ToJson(call.Record))!.EndReason);
    }

    [Fact]
    public async Task Words_of_a_turn_that_is_not_over_are_there_without_digits()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.Do(call.Session.SendTranscriptAsync("My card is 4111 1111"));
        call.Run(100);
        Assert.Equal("My card is **** ****", call.Record.OpenCallerWords);
        call.Do(call.Session.SendTranscriptAsync(" 1111 1111."));
        call.Run(100);
        Assert.Equal("My card is ***.", call.Record.OpenCallerWords);
        call.Line.HangUp();
        call.Run(100);
        Assert.Null(call.Record.OpenCallerWords);
        Assert.Equal("My card is ***.", Assert.Single(call.Record.Transcript).Text);
    }
}
