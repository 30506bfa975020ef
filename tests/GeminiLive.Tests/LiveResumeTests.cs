namespace GeminiLive.Tests;

public sealed class LiveResumeTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"h-1","resumable":true}}""";

    public static TheoryData<int?, string> Losses => new()
    {
        { 1000, "" }, { 1001, "going away" }, { null, "" }, { 1012, "restart" },
        { 1008, "The operation was aborted" }, { 1011, "Internal error encountered" }, { 1011, "Deadline expired before operation could complete." },
    };

    [Theory, MemberData(nameof(Losses))]
    public async Task Lost_connection_is_resumed_at_once_with_the_last_good_handle_and_without_greeting(int? code, string reason)
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        first.Says("""{"sessionResumptionUpdate":{"resumable":false}}""");
        await rig.Settle();
        first.Closes(code, reason);
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsDisposed);
        Assert.Equal("h-1", rig.Socket.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString());
        Assert.Single(rig.Socket.SentControl);
        Assert.Contains(new ConnectionLost(code, reason, IsPlanned: false, Turn: 0), rig.Story);
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: false), rig.Story[^1]);
    }

    [Fact]
    public async Task Old_socket_is_gone_before_the_new_one_is_opened()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        var wasDisposed = false;
        rig.Plans(() =>
        {
            wasDisposed = first.IsDisposed;
            return rig.Take(new ScriptedSocket(rig.Pulse));
        });
        first.Closes(1011);
        await rig.UntilTold<Resumed>();

        Assert.True(wasDisposed);
    }

    [Fact]
    public async Task Last_second_of_the_caller_is_sent_after_the_resume()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Plans(() =>
        {
            rig.Speak(2_000, value: 1);
            rig.Speak(1_000, value: 2);
            return rig.Take(new ScriptedSocket(rig.Pulse));
        });
        first.Closes(code: null);
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentAudio == 50);

        Assert.All(rig.Socket.Sent.Skip(1), message => Assert.Contains("AgACAAIA", message, StringComparison.Ordinal));
        Assert.Equal(2 * 16_000, rig.Uplink.DroppedSamples);
    }

    [Fact]
    public async Task Last_second_that_a_broken_connection_took_with_it_is_sent_again()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Speak(1_000, value: 1);
        await rig.Until(() => first.SentAudio == 50);
        rig.Speak(1_000, value: 2);
        await rig.Until(() => first.SentAudio == 100);
        rig.Plans(() => rig.Take(new ScriptedSocket(rig.Pulse)));
        first.Closes(code: null);
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentAudio == 50);

        Assert.All(rig.Socket.Sent.Skip(1), message => Assert.Contains("AgACAAIA", message, StringComparison.Ordinal));
        Assert.Equal(0, rig.Uplink.DroppedSamples);
    }

    [Fact]
    public async Task After_1007_nothing_that_was_waiting_is_sent_again()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Uplink.Write(new short[300]);   // less than a chunk: it waits
        first.Closes(1007, "Request contains an invalid argument");
        await rig.UntilTold<Resumed>();

        Assert.Equal(300, rig.Uplink.DroppedSamples);
    }

    [Theory]
    [InlineData(1008, "Requested entity was not found.")]
    [InlineData(1007, "Request contains an invalid argument.")]
    public async Task Refused_handle_is_followed_by_one_fresh_session(int code, string reason)
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Plans(Closing(rig, code, reason));
        first.Closes(code: null);
        await rig.UntilTold<Resumed>();

        Assert.False(rig.Socket.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _));
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 2, IsFresh: true), rig.Story[^1]);
    }

    [Theory]
    [InlineData(1007, "Request contains an invalid argument.")]
    [InlineData(1008, "Requested entity was not found.")]
    public async Task Close_that_blames_the_context_or_the_handle_is_followed_by_a_fresh_session_at_once(int code, string reason)
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        first.Closes(code, reason);
        await rig.UntilTold<Resumed>();

        Assert.False(rig.Socket.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _));
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: true), rig.Story[^1]);
    }

    [Fact]
    public async Task Permanent_refusal_fails_at_once()
    {
        var rig = new LiveRig();
        await using var end = rig;
        var first = await rig.Connect();
        rig.Default = Closing(rig, 1007, "API key not valid. Please pass a valid API key.");
        first.Closes(1011);
        await rig.UntilTold<LiveFailed>();

        Assert.Equal(2, rig.Attempts);
        Assert.Equal(LiveFailureKind.Refused, rig.Story.OfType<LiveFailed>().Single().Failure.Kind);
        Assert.Equal(LiveSessionState.Failed, rig.Client.State);
    }

    [Fact]
    public async Task Greeting_that_was_lost_with_the_connection_is_asked_for_again()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        rig.Client.StartGreeting();
        await rig.Until(() => first.SentControl.Count() == 2);
        first.Closes(1011);
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentControl.Count() == 2);

        Assert.Equal(first.SentControl.Last(), rig.Socket.SentControl.Last());
    }

    [Fact]
    public async Task Server_that_owes_an_answer_and_is_frozen_is_left()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Client.StartGreeting();
        rig.Clock.Advance(rig.Options.TurnTimeout);
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsAborted);
        Assert.Contains(rig.Story, what => what is ConnectionLost { Code: null, IsPlanned: false });
    }

    [Fact]
    public async Task Server_that_is_silent_after_the_caller_has_spoken_is_left()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        first.SaysAudio([1]);
        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.UntilTold<GenerationComplete>();
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        rig.Speak(400, value: 3_000);
        rig.Speak(500, value: 10);
        await rig.Until(() => first.SentAudio == 45);
        await rig.RunUntil(() => first.IsAborted);
        Assert.InRange(rig.Clock.GetTimestamp(), TimeSpan.FromSeconds(3.4).Ticks, TimeSpan.FromSeconds(4).Ticks);
        await rig.UntilTold<Resumed>();

        Assert.False(((Resumed)rig.Story[^1]).IsFresh);
    }

    [Fact]
    public async Task Model_that_passes_over_words_but_answers_when_asked_keeps_its_call_and_its_memory()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        for (var i = 1; i <= 8; i++)
        {
            await rig.CallerIsHeard();
            rig.Clock.Advance(rig.Options.TurnTimeout);
            await rig.UntilTold<Resumed>(i);
            await rig.Until(() => rig.Socket.SentControl.Count() == 2);   // setup, and the question for the answer
            rig.Socket.Says(i % 2 == 0 ? """{"serverContent":{"turnComplete":true}}""" : """{"serverContent":{"waitingForInput":true}}""");
            await rig.Settle();
            rig.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(LiveSessionState.Open, rig.Client.State);
        Assert.All(rig.Story.OfType<Resumed>(), resumed => Assert.False(resumed.IsFresh));
    }

    [Fact]
    public async Task Answer_that_was_due_when_the_connection_was_lost_is_asked_for_again()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.CallerIsHeard();
        first.Closes(1011);
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentControl.Count() == 2);

        Assert.Contains("waiting for an answer", rig.Socket.SentControl.Last().ToString(), StringComparison.Ordinal);
        rig.Socket.SaysAudio([1]);
        await rig.UntilTold<short[]>();
        rig.Clock.Advance(2 * rig.Options.TurnTimeout);
        Assert.False(rig.Socket.IsAborted);
    }

    [Fact]
    public async Task Session_that_answers_neither_the_caller_nor_a_question_is_replaced_and_then_given_up()
    {
        var rig = new LiveRig();
        await using var end = rig;
        rig.Default = () =>
        {
            var socket = new ScriptedSocket(rig.Pulse);
            return rig.Take(socket);
        };
        var first = await rig.Connect();
        first.Says(Handle);
        for (var i = 1; rig.Client.State != LiveSessionState.Failed; i++)
        {
            await rig.CallerIsHeard();
            rig.Clock.Advance(rig.Options.TurnTimeout);
            await rig.UntilTold<ConnectionLost>(i);
            await rig.RunUntil(() => rig.Client.State is LiveSessionState.Open or LiveSessionState.Failed);
        }

        Assert.Equal(4, rig.Sockets.Count);
        Assert.Equal([false, true, false, false], rig.Sockets.Select(s => s.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _)));
    }

    [Fact]
    public async Task Closing_ends_a_reconnect_in_progress()
    {
        var rig = new LiveRig();
        var first = await rig.Connect();
        rig.Default = () => LiveRig.Refused();
        first.Closes(code: null);
        await rig.Until(() => rig.Attempts >= 2);
        await rig.Client.CloseAsync();

        Assert.Equal(LiveSessionState.Closed, rig.Client.State);
        Assert.DoesNotContain(rig.Story, what => what is LiveFailed);
        await rig.DisposeAsync();
    }

    private static Func<LiveConnectAttempt> Closing(LiveRig rig, int code, string reason) => () => rig.Take(LiveRig.Closing(rig.Pulse, code, reason));
}
