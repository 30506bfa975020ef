using Simulation.Live;

namespace Simulation.Tests.Live;

/// <summary>Steps for the faults of the field, seen from the client, on virtual time.</summary>
public sealed class FaultStepTests
{
    [Theory]
    [InlineData("turn", 1, 1)]
    [InlineData("early", 1, 1)]
    [InlineData("generation", 1, 0)]
    [InlineData("nothing", 0, 0)]
    public void Speech_ends_as_told(string ends, int generationCompletes, int turnCompletes)
    {
        using var live = Run($$"""{ "do": "say", "prompt": "greeting", "ends": "{{ends}}" }""");
        live.Advance(20_000, 50);
        Assert.Equal((generationCompletes, turnCompletes), (live.Count("generationComplete"), live.Count("turnComplete")));
    }

    [Fact]
    public void Early_end_does_not_wait_for_the_listener_and_a_cut_ends_audio_and_words()
    {
        using var live = Run("""{ "do": "say", "prompt": "story", "cutAfterMs": 1000, "ends": "early" }""");
        live.Advance(200);
        Assert.Equal(1, live.Count("turnComplete"));
        Assert.Equal(48_000, live.Session.SentChunks.Sum(chunk => chunk.Bytes));
        Assert.InRange(string.Concat(live.Find("outputTranscription").Select(words => words.GetProperty("text").GetString())).Length, 5, 30);
    }

    [Theory]
    [InlineData("""{ "do": "mute" }""", false)]
    [InlineData("""{ "do": "mute", "from": "interruption" }""", true)]
    public void Mute_model_hears_and_transcribes_but_says_nothing(string step, bool untilInterruption)
    {
        using var live = Run($$"""{{step}}, { "do": "say", "prompt": "story", "until": "started" }""");
        live.Advance(1_000);
        Assert.Equal(untilInterruption, live.Count("modelTurn") > 0);
        live.SendSilence(500);
        live.SendSpeech(1_000);
        live.SendSilence(1_000);
        var chunks = live.Session.SentChunks.Count;
        live.Advance(20_000, 50);
        Assert.Equal((1, chunks), (live.Count("inputTranscription"), live.Session.SentChunks.Count));
        Assert.Equal(untilInterruption ? 1 : 0, live.Count("interrupted"));
    }

    [Fact]
    public void Unmute_ends_it()
    {
        using var live = Run("""{ "do": "mute" }, { "do": "unmute" }""");
        live.SendText();
        live.Advance(500);
        Assert.NotEqual(0, live.Count("modelTurn"));
    }

    [Fact]
    public void Texts_are_ignored_as_often_as_told()
    {
        using var live = Run("""{ "do": "ignoreText", "times": 2 }""");
        live.SendText();
        live.SendText();
        live.Advance(500);
        Assert.Equal(0, live.Count("modelTurn"));
        live.SendText();
        live.Advance(500);
        Assert.NotEqual(0, live.Count("modelTurn"));
    }

    [Fact]
    public void Turn_ends_are_sent_by_themselves_with_reason_status_and_usage()
    {
        using var live = Run("""
            { "do": "say", "tone": { "hz": 440, "ms": 1000 }, "ends": "nothing" }, { "do": "thought", "text": "Let me see.", "tokens": 7 },
            { "do": "endTurn", "reason": "RESPONSE_REJECTED", "waitingForInput": true, "interactionStatus": "IDLE" },
            { "do": "endTurn", "usage": false }, { "do": "repeat", "from": 3, "times": 2 }
            """);
        live.Advance(5_000);
        Assert.Equal(4, live.Count("turnComplete"));
        Assert.Equal("RESPONSE_REJECTED", live.Find("turnCompleteReason").Single().GetString());
        Assert.True(live.Find("waitingForInput").Single().GetBoolean());
        var usage = live.Find("usageMetadata").Single();
        Assert.Equal((25, 7), (usage.GetProperty("responseTokenCount").GetInt32(), usage.GetProperty("thoughtsTokenCount").GetInt32()));
    }

    [Fact]
    public void Rare_content_is_sent_as_told()
    {
        using var live = Run("""
            { "do": "thought", "text": "t" }, { "do": "text", "text": "print(default_api.f())" }, { "do": "outputTranscript", "text": "words" }, { "do": "flag", "name": "interrupted" },
            { "do": "grounding", "queries": [ "q" ], "sources": [ { "uri": "https://a.example", "title": "A" } ] }, { "do": "handle", "handle": "h", "resumable": false },
            { "do": "callTools", "calls": [ { "name": "a", "id": "1" }, { "name": "b", "args": { "x": 1 }, "id": "2" } ] }, { "do": "huge", "kilobytes": 900 }
            """);
        var parts = live.Find("modelTurn").Select(turn => turn.GetProperty("parts")[0]).ToList();
        Assert.True(parts[0].GetProperty("thought").GetBoolean());
        Assert.False(parts[1].TryGetProperty("thought", out _));
        Assert.Equal("words", live.Find("outputTranscription").Single().GetProperty("text").GetString());
        Assert.Equal(1, live.Count("interrupted"));
        Assert.Equal("https://a.example", live.Find("groundingMetadata").Single().GetProperty("groundingChunks")[0].GetProperty("web").GetProperty("uri").GetString());
        Assert.Equal("h", live.Find("sessionResumptionUpdate").First().GetProperty("newHandle").GetString());
        Assert.Equal(["1", "2"], live.Find("toolCall").Single().GetProperty("functionCalls").EnumerateArray().Select(call => call.GetProperty("id").GetString()));
        Assert.Equal(900 * 1_024, live.Find("padding").Single().GetString()!.Length);
    }

    [Fact]
    public void Chunks_have_the_sizes_told()
    {
        using var live = Run("""{ "do": "chunks", "bytes": [ 1, 4801, 9599 ] }, { "do": "say", "tone": { "hz": 440, "ms": 400 }, "until": "generated" }""");
        live.Advance(1_000);
        Assert.Equal([1, 4_801, 9_599, 4_799], live.Session.SentChunks.Select(chunk => chunk.Bytes));
    }

    [Fact]
    public void Freeze_for_a_time_holds_everything_back_and_goes_on()
    {
        using var live = Run("""{ "do": "say", "prompt": "story", "until": "started" }, { "do": "freeze", "ms": 5000 }, { "do": "transcript", "text": "t" }""");
        live.Advance(20);
        var before = live.Received.Count;
        live.Advance(4_900);
        Assert.Equal(before, live.Received.Count);
        live.Advance(200);
        Assert.Equal(1, live.Count("inputTranscription"));
        Assert.True(live.Received.Count > before + 5);
    }

    [Fact]
    public void Freeze_for_good_ends_the_script_and_leaves_the_socket_open()
    {
        using var live = Run("""{ "do": "freeze" }, { "do": "close", "code": 1000 }""");
        live.Send(RawLiveClient.Audio(new short[320]));
        live.Advance(600_000, 10_000);
        Assert.Null(live.Close);
        Assert.Equal((1, 0L), (live.Server.OpenSessions, live.Session.CallerSamples));
    }

    [Theory]
    [InlineData("""{ "do": "chunks", "bytes": [] }""", "\"bytes\" is []; it must be a list of whole numbers from 1 to 1048576")]
    [InlineData("""{ "do": "chunks", "bytes": [ 1, "2" ] }""", "\"bytes\" is")]
    [InlineData("""{ "do": "grounding", "queries": [ 1 ], "sources": [] }""", "\"queries\" is [ 1 ]; it must be a list of texts")]
    [InlineData("""{ "do": "grounding", "queries": [], "sources": [ { "url": "x" } ] }""", "sources[0]: ")]
    [InlineData("""{ "do": "callTools", "calls": [] }""", "\"calls\" must hold at least one call")]
    [InlineData("""{ "do": "flag", "name": "turnComplete" }""", "\"name\" is \"turnComplete\"; it must be one of")]
    [InlineData("""{ "do": "say", "prompt": "story", "ends": "never" }""", "\"ends\" is \"never\"; it must be one of turn, early, generation, nothing")]
    [InlineData("""{ "do": "mute", "from": "start" }""", "\"from\" is \"start\"")]
    public void Unsound_step_is_named(string step, string expected)
    {
        Assert.False(LiveScript.TryParse($$"""{ "sessions": [ { "steps": [ {{step}} ] } ] }""", ".", out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static VirtualLive Run(string steps)
    {
        var live = new VirtualLive(VirtualLive.Scripted(steps));
        live.Open();
        return live;
    }
}
