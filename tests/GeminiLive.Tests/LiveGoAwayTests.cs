namespace GeminiLive.Tests;

public sealed class LiveGoAwayTests
{
    private const string Handle = """{"sessionResumptionUpdate":{"newHandle":"h-7","resumable":true}}""";
    private const string GoAway = """{"goAway":{"timeLeft":"50s"}}""";

    [Fact]
    public async Task Connection_is_changed_over_at_once_when_the_model_is_quiet()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        first.Says(GoAway);
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsClosedByClient);
        Assert.Contains(rig.Story, what => what is ConnectionLost { IsPlanned: true });
        Assert.Equal("h-7", rig.Socket.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString());
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: false), rig.Story[^1]);
    }

    [Fact]
    public async Task Server_that_announces_the_end_of_each_connection_at_once_is_left_every_ten_seconds_and_costs_no_history()
    {
        await using var rig = new LiveRig();
        (await rig.Connect()).Says(Handle);
        rig.Socket.Says(GoAway);
        await rig.UntilTold<Resumed>();
        for (var change = 1; change <= 4; change++)
        {
            var socket = rig.Socket;
            socket.Says(Handle);
            socket.Says(GoAway);
            await rig.Settle(socket);
            rig.Clock.Advance(TimeSpan.FromSeconds(9));
            await rig.Settle(socket);
            Assert.Equal(change, rig.Story.OfType<Resumed>().Count());
            await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == change + 1);
        }

        Assert.DoesNotContain(rig.Story.OfType<Resumed>(), resumed => resumed.IsFresh);
    }

    [Fact]
    public async Task Announcement_on_a_connection_that_is_back_from_a_loss_just_now_is_obeyed_at_its_deadline()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.Settle(first);
        first.Closes(code: null);
        await rig.UntilTold<Resumed>();
        var second = rig.Socket;
        second.Says(Handle);
        second.Says("""{"goAway":{"timeLeft":"12s"}}""");
        await rig.Settle(second);
        rig.Clock.Advance(TimeSpan.FromSeconds(12) - rig.Options.GoAwayMargin - TimeSpan.FromMilliseconds(100));
        await rig.Settle(second);
        Assert.False(second.IsClosedByClient);

        rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == 2);
        Assert.True(second.IsClosedByClient);
        Assert.False(((Resumed)rig.Story[^1]).IsFresh);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Target_that_keeps_each_connection_for_seconds_only_is_left_when_there_is_another_and_costs_no_history_when_there_is_not(bool hasOther)
    {
        var options = new LiveOptions { ApiKey = "k", Endpoint = "ws://first/path" };
        if (hasOther)
            options.Fallbacks.Add(new LiveFallbackOptions { Endpoint = "ws://second/path" });
        await using var rig = new LiveRig(options);
        await rig.Connect();
        for (var change = 1; change <= 4; change++)
        {
            rig.Socket.Says(Handle);
            if (rig.Addresses[^1].Host == "first")
                rig.Socket.Says("""{"goAway":{"timeLeft":"1s"}}""");
            else
                break;
            await rig.RunUntil(() => rig.Story.OfType<Resumed>().Count() == change);
        }

        Assert.Equal(hasOther ? "second" : "first", rig.Addresses[^1].Host);
        Assert.Equal(hasOther, ((Resumed)rig.Story[^1]).IsFresh);
    }

    [Fact]
    public async Task Next_socket_is_open_before_the_old_session_is_closed_and_set_up_after_it()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        first.SaysAudio([1]);
        first.Says(GoAway);
        await rig.Settle(first);
        Assert.Equal(2, rig.Sockets.Count);
        Assert.Empty(rig.Socket.Sent);
        rig.Plans(() => throw new InvalidOperationException("no third socket is needed"));

        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.UntilTold<Resumed>();
        Assert.True(first.IsDisposed);
        Assert.Equal("h-7", rig.Socket.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString());
        Assert.Equal(2, rig.Attempts);
    }

    [Fact]
    public async Task Preparation_that_hangs_does_not_hold_up_the_next_connection()
    {
        await using var rig = new LiveRig();
        rig.EndlessAttempts.Add(2);
        var first = await rig.Connect();
        first.Says(Handle);
        first.Says(GoAway);
        await rig.Settle(first);
        Assert.Equal(2, rig.Attempts);
        first.Closes(code: null);
        await rig.UntilTold<Resumed>();

        Assert.Equal(3, rig.Attempts);
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: false), rig.Story[^1]);
    }

    [Fact]
    public async Task Prepared_socket_that_the_server_gave_up_is_replaced()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        first.SaysAudio([1]);
        first.Says(GoAway);
        await rig.Settle(first);
        rig.Socket.Closes(code: null);
        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.UntilTold<Resumed>();

        Assert.Equal(3, rig.Sockets.Count);
        Assert.Equal(new Resumed(TimeSpan.Zero, Attempts: 1, IsFresh: false), rig.Story[^1]);
    }

    [Fact]
    public async Task Running_generation_is_let_finish()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        first.SaysAudio([1]);
        first.Says("""{"sessionResumptionUpdate":{"resumable":false}}""");
        first.Says(GoAway);
        first.SaysAudio([2]);
        await rig.Settle(first);
        Assert.False(first.IsClosedByClient);

        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.Settle(first);
        Assert.False(first.IsClosedByClient);   // the server's state is older than what was just said

        first.Says("""{"sessionResumptionUpdate":{"newHandle":"h-8","resumable":true}}""");
        await rig.UntilTold<Resumed>();
        Assert.Equal([1, 2], rig.Heard);
        Assert.Equal("h-8", rig.Socket.Setup.GetProperty("sessionResumption").GetProperty("handle").GetString());
    }

    [Fact]
    public async Task Answer_that_the_caller_waits_for_comes_before_the_change()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        await rig.CallerIsHeard();
        first.Says(GoAway);
        await rig.Settle(first);
        Assert.False(first.IsClosedByClient);

        first.SaysAudio([1]);
        first.Says("""{"serverContent":{"generationComplete":true}}""");
        await rig.UntilTold<Resumed>();
        Assert.Equal([1], rig.Heard);
    }

    [Fact]
    public async Task Caller_is_let_finish_and_nothing_of_what_they_say_is_lost_or_out_of_order()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.Says(Handle);
        rig.Speak(400, value: 3_000);
        await rig.Until(() => first.SentAudio == 20);
        first.Says(GoAway);
        await rig.Settle(first);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(first.IsClosedByClient);

        rig.Speak(500, value: 2);
        await rig.Until(() => first.SentAudio == 45);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
        rig.Speak(200, value: 7);
        await rig.UntilTold<Resumed>();
        rig.Speak(200, value: 8);
        await rig.Until(() => first.SentAudio + rig.Socket.SentAudio == 65);
        Assert.True(first.IsClosedByClient);
        Assert.Equal(0, rig.Uplink.DroppedSamples);
        var after = rig.Sockets.SelectMany(s => s.Sent).Where(m => m.Contains("\"audio\"", StringComparison.Ordinal)).Skip(45).ToArray();
        Assert.All(after[..10], m => Assert.Contains("BwAHAAcA", m, StringComparison.Ordinal));
        Assert.All(after[10..], m => Assert.Contains("CAAIAAgA", m, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deadline_ends_the_waiting()
    {
        await using var rig = new LiveRig(new LiveOptions { ApiKey = "k", TurnEndTimeout = TimeSpan.FromMinutes(2) });
        var first = await rig.Connect();
        first.Says(Handle);
        first.SaysAudio([1]);
        first.Says(GoAway);
        await rig.UntilTold<GoAwayReceived>();
        await rig.Settle(first);
        rig.Clock.Advance(TimeSpan.FromSeconds(50) - rig.Options.GoAwayMargin - TimeSpan.FromSeconds(1));
        Assert.False(first.IsClosedByClient);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.UntilTold<Resumed>();

        Assert.True(first.IsClosedByClient);
    }

    [Fact]
    public async Task Server_that_says_good_bye_and_closes_at_once_is_resumed_like_any_loss()
    {
        await using var rig = new LiveRig();
        var first = await rig.Connect();
        first.SaysAudio([1]);
        first.Says("""{"goAway":{}}""");
        first.Closes(1011, "Deadline expired before operation could complete.");
        await rig.UntilTold<Resumed>();

        Assert.True(((Resumed)rig.Story[^1]).IsFresh);
    }
}
