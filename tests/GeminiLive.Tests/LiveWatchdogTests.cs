using System.Text.Json;

namespace GeminiLive.Tests;

public sealed class LiveWatchdogTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"h-1","resumable":true}}""";
    private const string Silence = """{"serverContent":{"turnComplete":true,"turnCompleteReason":"RESPONSE_REJECTED"}}""";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Frozen_server_that_was_asked_is_left_after_three_seconds_and_the_next_gets_twice_as_long()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        rig.Client.SendText("Are you there?", expectsAnswer: true);
        await rig.Until(() => first.SentControl.Count() == 2);
        await LeftAfter(rig, first, TimeSpan.FromSeconds(3));
        await LeftAfter(rig, rig.Socket, TimeSpan.FromSeconds(6));

        await rig.Settle();   // a sign: the limit is the short one again
        rig.Socket.SaysAudio([1]);
        rig.Socket.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.UntilTold<GenerationComplete>();
        rig.Client.SendText("And now?", expectsAnswer: true);
        await LeftAfter(rig, rig.Socket, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task Server_that_gives_signs_but_no_answer_has_the_time_of_a_turn()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        await rig.CallerIsHeard();
        rig.Clock.Advance(rig.Options.TurnTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Model_that_waits_for_a_function_is_not_mute_however_much_the_caller_says_and_owes_its_answer_from_then_on()
    {
        await using var rig = new LiveRig(change: config => config with { Functions = [new LiveFunction("look", "", Parameters: null, LiveBehavior.Blocking)] });
        var first = await rig.Connect();
        first.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{}}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        await rig.CallerIsHeard();
        Assert.True(rig.Client.OwesAnswer);
        rig.Clock.Advance(3 * rig.Options.TurnTimeout);
        Assert.False(first.IsAborted);

        Assert.True(rig.Client.Input.Respond([LiveToolResponse.Output(new LiveToolCall("fc_1", "look", "{}"), "seen")]));
        rig.Clock.Advance(rig.Options.TurnTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Model_whose_calls_were_withdrawn_owes_what_the_caller_asked_meanwhile()
    {
        await using var rig = new LiveRig(change: config => config with { Functions = [new LiveFunction("look", "", Parameters: null, LiveBehavior.Blocking)] });
        var first = await rig.Connect();
        first.Says("""{"toolCall":{"functionCalls":[{"id":"fc_1","name":"look","args":{}}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        await rig.CallerIsHeard();
        first.Says("""{"toolCallCancellation":{"ids":["fc_1"]}}""");
        await rig.UntilTold<ToolCallsCancelled>();
        rig.Clock.Advance(rig.Options.TurnTimeout);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Resumed_session_that_hears_but_never_speaks_is_replaced_by_a_fresh_one()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        first.Closes(1011, "Internal error encountered.");
        await rig.UntilTold<Resumed>();
        rig.Clock.Advance(TimeSpan.FromMinutes(1));   // an idle session is not punished
        Assert.False(rig.Socket.IsAborted);

        await rig.CallerIsHeard();
        rig.Clock.Advance(rig.Options.TurnTimeout);
        await rig.UntilTold<Resumed>(2);
        Assert.True(((Resumed)rig.Story[^1]).IsFresh);
        Assert.False(rig.Socket.Setup.GetProperty("sessionResumption").TryGetProperty("handle", out _));
    }

    [Fact]
    public async Task Connection_given_up_by_its_user_counts_as_mute_so_a_poisoned_handle_is_not_used_again()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle();
        first.Closes(1011, "Internal error encountered.");
        await rig.UntilTold<Resumed>();
        await rig.Settle();
        rig.Clock.Advance(rig.Options.SignTimeout - Tick);
        Assert.False(rig.Client.Reconnect("too early to tell"));
        rig.Clock.Advance(Tick);
        Assert.True(rig.Client.Reconnect("the agent was silent for 8 s"));
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == 2);

        Assert.True(((Resumed)rig.Story[^1]).IsFresh);
        await rig.Until(() => rig.Socket.SentControl.Count() == 2);   // the answer is asked for
    }

    [Fact]
    public async Task Turn_that_never_ends_is_given_up_half_a_minute_after_it_was_played()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.SaysAudio(new short[24_000]);
        first.SaysAudio(new short[24_000]);
        await rig.Settle();
        rig.Clock.Advance(TimeSpan.FromSeconds(2) + rig.Options.TurnEndTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
        await rig.Until(() => rig.Socket.SentControl.Count() == 2);   // the rest of the answer is asked for
    }

    [Fact]
    public async Task Extended_thinking_that_never_finishes_is_given_up()
    {
        await using var rig = new LiveRig(model: "gemini-3.8-live-extended-thinking");
        var first = await rig.Connect();
        first.SaysAudio([1]);
        first.Says("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
        await rig.Settle();
        rig.Clock.Advance(rig.Options.TurnEndTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Model_that_falls_silent_after_a_call_of_an_unknown_function_is_noticed()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says("""{"toolCall":{"functionCalls":[{"id":"c1","name":"no_such_function","args":{}}]}}""");
        await rig.Until(() => first.SentControl.Count() == 2);
        await rig.Settle();
        rig.Clock.Advance(rig.Options.TurnTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Model_that_thinks_about_a_result_has_the_time_of_its_turn()
    {
        await using var rig = new LiveRig(model: "gemini-3.8-live-extended-thinking", change: config => config with
        {
            Functions = [new LiveFunction("get_weather", "Weather.", Parameters: null, LiveBehavior.NonBlocking)],
        });
        var first = await rig.Connect();
        first.SaysAudio([1]);
        first.Says("""{"serverContent":{"turnComplete":true,"interactionStatus":"IN_PROGRESS"}}""");
        first.Says("""{"toolCall":{"functionCalls":[{"id":"c1","name":"get_weather","args":{}}]}}""");
        await rig.UntilTold<ToolCallsRequested>();
        Assert.True(rig.Client.Input.Respond([new LiveToolResponse("c1", "get_weather", JsonDocument.Parse("""{"output":"foggy"}""").RootElement)]));
        await rig.Settle();
        rig.Clock.Advance(rig.Options.TurnEndTimeout - Tick);
        Assert.False(first.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    [Fact]
    public async Task Finished_turn_is_waited_for_no_longer()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.SaysAudio([1]);
        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.Settle();
        rig.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.False(first.IsAborted);
    }

    [Fact]
    public async Task Second_rejected_answer_in_a_row_ends_the_connection()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Silence);
        first.SaysAudio([5_000], ",\"turnComplete\":true");
        first.Says(Silence);
        await rig.Settle();
        Assert.False(first.IsAborted);
        first.Says(Silence);
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsAborted);
        await rig.Until(() => rig.Socket.SentControl.Count() == 2);
    }

    [Fact]
    public async Task Second_answer_without_sound_ends_the_connection_and_an_interrupted_one_proves_nothing()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.SaysAudio(new short[12_000], ",\"turnComplete\":true");
        first.SaysAudio(new short[12_000]);
        first.Says("""{"serverContent":{"interrupted":true}}""");
        first.Says("""{"serverContent":{"turnComplete":true}}""");
        await rig.Settle();
        Assert.False(first.IsAborted);
        first.SaysAudio(new short[12_000], ",\"turnComplete\":true");
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsAborted);
    }

    [Fact]
    public async Task Send_that_gets_stuck_is_noticed()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.IsStuck = true;
        rig.Speak(20);
        await rig.RunUntil(() => first.IsAborted);
        Assert.InRange(rig.Clock.GetTimestamp(), rig.Options.SignTimeout.Ticks, rig.Options.SignTimeout.Ticks * 2);
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsAborted);
    }

    [Fact]
    public async Task Process_that_stood_still_reads_what_has_come_before_it_judges_the_server()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        rig.Client.SendText("Are you there?", expectsAnswer: true);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Clock.Jump(TimeSpan.FromSeconds(2));
        Assert.False(first.IsAborted);
        await rig.Settle();   // it was there all the time
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(first.IsAborted);
    }

    [Fact]
    public async Task Process_that_stood_still_before_a_frozen_server_notices_a_moment_later()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        rig.Client.SendText("Are you there?", expectsAnswer: true);
        rig.Clock.Jump(TimeSpan.FromSeconds(4));
        Assert.False(first.IsAborted);
        rig.Clock.Advance(LiveWatchdog.Grace);
        Assert.True(first.IsAborted);
        await rig.UntilTold<Resumed>();
    }

    private static async Task LeftAfter(LiveRig rig, ScriptedSocket socket, TimeSpan limit)
    {
        var resumed = rig.Story.OfType<Resumed>().Count();
        rig.Clock.Advance(limit - Tick);
        Assert.False(socket.IsAborted);
        rig.Clock.Advance(Tick);
        Assert.True(socket.IsAborted);
        if (resumed == 0)
            await rig.UntilTold<Resumed>();
        else
            await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() > resumed);
        await rig.Until(() => rig.Socket.SentControl.Count() >= 2);   // it is watched now
    }
}
