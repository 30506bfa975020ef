using Simulation.Live;
using Support;

namespace Simulation.Tests.Live;

/// <summary>Connections that exist in memory only, on a clock that the test moves.</summary>
public sealed class MemoryConnectionTests : IAsyncDisposable
{
    private const string Greet = """{"realtimeInput":{"text":"(Greet the caller.)"}}""";

    private readonly ManualTimeProvider _clock = new();
    private SimulatedLive? _server;

    [Fact]
    public async Task Ten_minutes_with_goAway_and_end_pass_without_any_real_time()
    {
        await using var client = await OpenAsync(new() { ConnectionLifetime = TimeSpan.FromMinutes(10), IdleLimit = TimeSpan.FromHours(1) });
        await SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(550));
        Assert.Equal("50s", (await client.ReceiveAsync("goAway")).GetProperty("timeLeft").GetString());
        await SettleAsync();
        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal((1011, "Deadline expired before operation could complete."), await client.ReceiveCloseAsync());
        Assert.Equal(TimeSpan.FromMinutes(10), _clock.GetElapsedTime(0));
    }

    [Fact]
    public async Task Client_that_closes_gets_its_close_answered()
    {
        await using var client = await OpenAsync(new());
        await client.CloseAsync();
        await _server!.Sessions[0].Closed.WaitAsync(RawLiveClient.Patience);
        Assert.Equal("client 1000 bye", _server.Sessions[0].Events[^1].Text);
        Assert.Equal(0, _server.OpenSessions);
    }

    [Fact]
    public async Task Client_that_vanishes_is_noticed()
    {
        await using (await OpenAsync(new()))
            Assert.Equal(1, _server!.OpenSessions);
        await _server.Sessions[0].Closed.WaitAsync(RawLiveClient.Patience);
        Assert.Equal("client vanished", _server.Sessions[0].Events[^1].Text);
    }

    [Fact]
    public async Task Abort_is_seen_as_1006()
    {
        await using var client = await OpenAsync(new());
        await _server!.Sessions[0].AbortAsync();
        Assert.Equal(1006, (await client.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Close_that_is_never_answered_is_given_up_on_the_given_clock()
    {
        await using var client = await OpenAsync(new());
        var session = _server!.Sessions[0];
        await session.CloseAsync(1012, "restart");
        for (var ms = 0; !session.Closed.IsCompleted; ms += 100)
        {
            Assert.True(ms < 10_000, "the close was never given up");
            await Task.Delay(1);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Theory]
    [InlineData("/ws/google.ai.generativelanguage.v2.GenerativeService.BidiGenerateContent", "x-goog-api-key", 404)]
    [InlineData("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "x-other", 403)]
    [InlineData("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", "X-Goog-Api-Key", 101)]
    [InlineData("/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=a%20b", "x-other", 101)]
    public async Task Paths_and_keys_are_looked_at_as_over_tcp(string pathAndQuery, string header, int status)
    {
        _server = SimulatedLive.Create(new() { ApiKey = "a b" }, _clock);
        var upgrade = await _server.ConnectAsync(new Uri($"ws://simulated{pathAndQuery}"), new Dictionary<string, string> { [header] = "a b" });
        using var socket = upgrade.Socket;
        Assert.Equal((status, status == 101), (upgrade.HttpStatus, socket is not null));
        Assert.Equal((int?)status, _server.Attempts[0].HttpStatus ?? 101);
    }

    [Fact]
    public async Task Frozen_connection_neither_hears_nor_speaks_and_goes_on_when_thawed()
    {
        await using var client = await OpenAsync(new() { AutoAnswer = true });
        var session = _server!.Sessions[0];
        await session.FreezeAsync();
        await client.SendAsync(Greet);
        var speech = session.SayAsync("goodbye");
        var receiving = client.ReceiveAsync("modelTurn");
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Task.Delay(20);
        Assert.False(receiving.IsCompleted);
        Assert.DoesNotContain(session.Events, e => e.Kind is SessionEventKind.TextReceived or SessionEventKind.Closed);

        await session.ThawAsync();
        await receiving.WaitAsync(RawLiveClient.Patience);
        await speech;
        await session.WaitForAsync(SessionEventKind.TextReceived, RawLiveClient.Patience);
    }

    [Fact]
    public async Task Client_that_leaves_a_frozen_connection_frees_its_conversation()
    {
        await using var client = await OpenAsync(new());
        var session = _server!.Sessions[0];
        await session.InterruptAsync();
        var handle = (await session.WaitForAsync(SessionEventKind.HandleIssued, RawLiveClient.Patience)).Text;
        await session.FreezeAsync();
        var stuck = session.SayAsync("story");
        await client.SendAudioAsync(new short[160_000]);
        await client.DisposeAsync();
        await session.Closed.WaitAsync(RawLiveClient.Patience);
        await stuck;
        await using var second = await RawLiveClient.OpenAsync(_server, RawLiveClient.Resume38(handle));
        Assert.Equal(1, _server.MaxOpenPerConversation);
    }

    [Fact]
    public void Everything_that_was_sent_into_a_freeze_arrives_in_order_when_it_ends()
    {
        using var live = new VirtualLive(new() { AutoAnswer = false });
        live.Open();
        var caller = Enumerable.Range(0, 64_000).Select(i => (short)i).ToArray();
        live.SendAudio(caller.AsSpan(0, 16_000));
        live.Run(live.Session.FreezeAsync);
        live.SendAudio(caller.AsSpan(16_000, 32_000));
        Assert.Equal(16_000, live.Session.CallerSamples);
        live.Run(live.Session.ThawAsync);
        Assert.Equal(48_000, live.Session.CallerSamples);
        live.SendAudio(caller.AsSpan(48_000));
        Assert.Equal(caller, live.Session.CallerAudio);
    }

    [Fact]
    public async Task Server_that_stops_leaves_no_frozen_connection_behind()
    {
        await using var client = await OpenAsync(new());
        var session = _server!.Sessions[0];
        await session.FreezeAsync();
        var stuck = session.SayAsync("story");
        await _server.DisposeAsync().AsTask().WaitAsync(RawLiveClient.Patience);
        Assert.Equal(1006, (await client.ReceiveCloseAsync()).Code);
        await stuck;
    }

    [Fact]
    public async Task Everything_runs_on_the_context_of_whoever_connects()
    {
        using var pump = new PumpedContext();
        var script = LiveScript.Parse("""{ "sessions": [ { "steps": [ { "do": "waitForText" }, { "do": "say", "prompt": "greeting", "until": "generated" }, { "do": "transcript", "text": "t" } ] } ] }""");
        await using var server = SimulatedLive.Create(new() { Pace = 1_000, PrettyPrint = false, Script = script }, _clock);
        var client = pump.Run(() => RawLiveClient.OpenAsync(server));
        pump.Run(() => client.SendAsync(Greet));
        _clock.Advance(TimeSpan.FromSeconds(1));
        pump.RunUntilIdle();

        // Without any wait on another thread the greeting is there to the last byte, and the script goes on after it.
        var reading = client.ReceiveAsync("inputTranscription");
        pump.RunUntilIdle();
        Assert.True(reading.IsCompletedSuccessfully);
        pump.Run(async () => await client.DisposeAsync());
        Assert.True(server.Sessions[0].Closed.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private Task<RawLiveClient> OpenAsync(SimulatedLiveOptions options)
    {
        _server = SimulatedLive.Create(options, _clock);
        return RawLiveClient.OpenAsync(_server);
    }

    private Task SettleAsync() => _server!.Sessions[0].SettleAsync();
}
