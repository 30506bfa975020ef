namespace GeminiLive.Tests;

/// <summary>What the listener is told of messages that are no plain turn, and what the history keeps of them.</summary>
public sealed class LiveReceiverTests
{
    [Fact]
    public async Task Turns_are_numbered_from_the_first_output_to_the_end()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1], ""","outputTranscription":{"text":"Hello."}""");
        socket.Says("""{"serverContent":{"generationComplete":true}}""");
        socket.Says("""{"serverContent":{"outputTranscription":{"text":" Bye."}}}""");
        socket.Says("""{"serverContent":{"turnComplete":true}}""");
        socket.Says("""{"serverContent":{"turnComplete":true}}""");
        socket.Says("""{"serverContent":{"outputTranscription":{"text":"Two"}}}""");
        socket.SaysAudio([2]);
        socket.Says("""{"serverContent":{"interrupted":true}}""");
        socket.Says("""{"serverContent":{"turnComplete":true}}""");
        socket.SaysAudio([3], ""","outputTranscription":{"text":"Three"}""");
        await rig.Settle();
        socket.Closes(1011, "gone");
        await rig.UntilTold<ConnectionLost>();

        Assert.Equal([1, 2, 3], rig.AudioTurns);
        Assert.Equal([("Hello.", 1), (" Bye.", 1), ("Two", 2), ("Three", 3)], rig.Story.OfType<OutputTranscript>().Select(t => (t.Text, t.Turn)));
        Assert.Equal([1], rig.Story.OfType<GenerationComplete>().Select(g => g.Turn));
        Assert.Equal([1, 0, 2], rig.Story.OfType<TurnComplete>().Select(t => t.Turn));
        Assert.Equal(3, rig.Story.OfType<ConnectionLost>().Single().Turn);
        Assert.Equal(
            [new LiveHistoryTurn(LiveRole.Model, "Hello. Bye.\nTwo\nThree")], rig.Client.History.Seed(1_000));
    }

    [Fact]
    public async Task History_tells_what_was_said_and_how_it_ended()
    {
        await using var rig = new LiveRig();
        var turns = new List<LiveTurnRecord>();
        rig.Client.History.TurnCompleted = turns.Add;
        var socket = await rig.Connect();
        socket.Says("""{"serverContent":{"inputTranscription":{"text":" A table"}}}""");
        socket.SaysAudio(new short[2_400], ""","outputTranscription":{"text":"For how"}""");
        socket.Says("""{"serverContent":{"interrupted":true,"inputTranscription":{"text":"Two."}}}""");
        socket.Says("""{"serverContent":{"turnComplete":true}}""");
        socket.SaysAudio(new short[2_400], ""","outputTranscription":{"text":"Sure."}""");
        await rig.Settle();
        await rig.Client.CloseAsync();

        Assert.Equal([("A table", false), ("For how", true), ("Two.", false), ("Sure.", true)], turns.Select(t => (t.Text, t.WasCut)));
        Assert.Equal([0L, 100, 0, 100], turns.Select(t => t.ReceivedMs));
    }

    [Fact]
    public async Task Everything_beside_audio_is_told()
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.Says("""{"voiceActivity":{"type":"ACTIVITY_START","audioOffset":"1s"},"serverContent":{}}""");
        socket.Says("""{"serverContent":{"modelTurn":{"parts":[{"text":"plan","thought":true}]}}}""");
        socket.Says("""{"serverContent":{"modelTurn":{"parts":[{"text":"noted"}]}}}""");
        socket.Says("""{"serverContent":{"outputTranscription":{"text":"print(default_api.f())","languageCode":"en"}}}""");
        socket.Says("""{"serverContent":{"outputTranscription":{"text":"Hi","languageCode":"en"},"groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"u","title":"t"}}]}}}""");
        socket.Says("""{"serverContent":{"waitingForInput":true,"groundingMetadata":{}}}""");
        socket.Says("""{"error":{"code":13,"message":"boom"}}""");
        await rig.Settle();

        Assert.Equal(new VoiceActivityReported(IsStart: true, TimeSpan.FromSeconds(1)), rig.Story.OfType<VoiceActivityReported>().Single());
        Assert.Equal(new ModelText("noted", Turn: 1), rig.Story.OfType<ModelText>().Single());
        Assert.Equal(new OutputTranscript("Hi", Turn: 1) { LanguageCode = "en" }, rig.Story.OfType<OutputTranscript>().Single());
        var grounding = rig.Story.OfType<GroundingReceived>().Single();
        Assert.Equal(("q", new LiveSource("u", "t"), 1), (grounding.Queries.Single(), grounding.Sources.Single(), grounding.Turn));
        Assert.Single(rig.Story.OfType<WaitingForInput>());
        Assert.Equal("13 boom", rig.Story.OfType<ServerErrorReported>().Single().Error);
    }

    [Theory]
    [InlineData("""{"serverContent":{"turnComplete":true,"interactionStatus":"IDLE"}}""")]
    [InlineData("""{"serverContent":{"turnComplete":true}}""")]
    [InlineData("""{"interactionStatus":"IDLE"}""")]
    [InlineData("""{"interactionStatus":"REQUIRES_ACTION","serverContent":{}}""")]
    public async Task Turn_of_extended_thinking_is_over_when_it_is_idle(string end)
    {
        await using var rig = new LiveRig();
        var socket = await rig.Connect();
        socket.SaysAudio([1]);
        socket.Says("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
        socket.Says("""{"serverContent":{"interactionStatus":"IN_PROGRESS"}}""");
        await rig.Settle();
        Assert.Equal([new InteractionChanged(IsIdle: false)], rig.Story.OfType<InteractionChanged>());
        Assert.Empty(rig.Story.OfType<AnswerSettled>());

        socket.Says(end);
        await rig.Settle();
        Assert.Equal([new InteractionChanged(false), new InteractionChanged(true)], rig.Story.OfType<InteractionChanged>());
        Assert.Single(rig.Story.OfType<AnswerSettled>());
    }
}
