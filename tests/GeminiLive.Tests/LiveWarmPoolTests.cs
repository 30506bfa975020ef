using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Support;

namespace GeminiLive.Tests;

/// <summary>Row A38 of the goals: a connection that was opened ahead of its call is alive, is one of few, and carries nothing of another call.</summary>
public sealed class LiveWarmPoolTests : IAsyncDisposable
{
    private const int Kept = 4;

    private readonly ManualTimeProvider _clock = new();
    private readonly Pulse _pulse = new();
    private readonly LiveOptions _options = new() { ApiKey = "k", Endpoint = "ws://server/path", WarmConnections = Kept };
    private readonly List<ScriptedSocket> _sockets = [];
    private readonly LiveClientFactory _factory;
    private bool _answersSetup = true;

    public LiveWarmPoolTests() => _factory = new LiveClientFactory(Options.Create(_options), new ScriptedConnector(Connect), new SignallingClock(_clock, _pulse), NullLogger<LiveClient>.Instance);

    private ScriptedSocket[] Sockets
    {
        get
        {
            lock (_sockets)
                return [.. _sockets];
        }
    }

    private IEnumerable<ScriptedSocket> Idle => Sockets.Where(socket => !socket.IsDisposed && socket.Sent.Count == 0);

    [Fact]
    public async Task Sessions_one_after_the_other_find_a_live_connection_whatever_became_of_the_kept_ones()
    {
        _factory.KeepWarm();
        for (var number = 1; number <= 50; number++)
        {
            await Filled();
            await Disturb(number);
            var before = Sockets.Length;
            await using var session = new Session(_factory, (short)number);
            Assert.True(await session.ConnectAsync());
            Assert.InRange(Array.FindIndex(Sockets, socket => socket.Carries(session.Value)), 0, before - 1);
            Assert.InRange(Idle.Count(), 0, Kept);
        }
        CheckNothingCrosses(sessions: 50);
    }

    [Fact]
    public async Task Changed_settings_close_what_was_kept_for_the_former_ones_and_keep_as_many_as_they_say()
    {
        _factory.KeepWarm();
        await Filled();
        await using var running = new Session(_factory, 1);
        Assert.True(await running.ConnectAsync());
        await Filled();
        var former = Idle.ToList();
        await _factory.ReplaceAsync(new LiveOptions { ApiKey = "k2", Endpoint = "ws://elsewhere/path", WarmConnections = 2 });

        Assert.All(former, socket => Assert.True(socket.IsDisposed));
        await Until(() => Idle.Count() == 2);
        Assert.Single(Sockets, socket => socket.Carries(running.Value) && !socket.IsDisposed);
        Assert.Equal("ws://elsewhere/path", _factory.Options.Endpoint);
    }

    [Fact]
    public async Task Sessions_at_the_same_time_each_have_a_connection_of_their_own()
    {
        _factory.KeepWarm();
        await Filled();
        var sessions = Enumerable.Range(1, 20).Select(number => new Session(_factory, (short)number)).ToArray();
        Assert.DoesNotContain(false, await Task.WhenAll(sessions.Select(session => Task.Run(session.ConnectAsync))));
        await Filled();
        Assert.InRange(Idle.Count(), 0, Kept);
        foreach (var session in sessions)
            await session.DisposeAsync();
        CheckNothingCrosses(sessions: 20);
    }

    [Fact]
    public async Task Nothing_is_opened_ahead_unless_it_is_asked_for()
    {
        _options.WarmConnections = 0;
        _factory.KeepWarm();
        await using var session = new Session(_factory, 1);
        Assert.True(await session.ConnectAsync());
        Assert.Single(Sockets);
    }

    [Fact]
    public async Task Kept_connection_that_has_died_without_a_word_costs_the_caller_three_seconds_and_not_the_call()
    {
        _answersSetup = false;
        _factory.KeepWarm();
        await Filled();
        _answersSetup = true;
        await using var session = new Session(_factory, 1);
        var connecting = session.ConnectAsync();
        await Until(() => Sockets.Any(socket => socket.Carries(session.Value)));
        _clock.Advance(_options.SignTimeout);

        Assert.True(await connecting);
        Assert.Equal(2, Sockets.Count(socket => socket.Carries(session.Value)));
        Assert.Single(Sockets, socket => socket.Carries(session.Value) && !socket.IsDisposed);
    }

    private LiveConnectAttempt Connect()
    {
        var socket = new ScriptedSocket(_pulse) { AnswersSetup = _answersSetup };
        lock (_sockets)
            _sockets.Add(socket);
        return new LiveConnectAttempt(socket, HttpStatus: null, Error: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.StopKeepingWarmAsync();
        Assert.All(Sockets, socket => Assert.True(socket.IsDisposed));
    }

    /// <summary>What happens to sockets that nobody uses yet.</summary>
    private async Task Disturb(int number)
    {
        var idle = Idle.ToArray();
        switch (number % 4)
        {
            case 1:
                idle[0].Closes(1008, "The operation was aborted.");
                await Until(() => idle[0].IsDisposed);
                break;
            case 2:
                idle[^1].Says("""{"goAway":{"timeLeft":"50s"}}""");
                await Until(() => idle[^1].IsDisposed);
                break;
            case 3:
                _clock.Advance(_options.WarmMaxAge);
                await Until(() => idle.All(socket => socket.IsDisposed));
                break;
        }
        await Filled();
    }

    private Task Filled() => Until(() => _factory.Pool.Waiting == Kept && Idle.Count() == Kept);

    private Task Until(Func<bool> condition) => _pulse.Until(condition);

    private void CheckNothingCrosses(int sessions)
    {
        var used = Sockets.Where(socket => socket.Sent.Count > 0).ToArray();
        Assert.Equal(sessions, used.Length);
        Assert.All(used, socket => Assert.Single(socket.Sent, message => message.StartsWith("{\"setup\"", StringComparison.Ordinal)));
        Assert.All(Enumerable.Range(1, sessions), number => Assert.Single(used, socket => socket.Carries((short)number)));
    }

    /// <summary>Tells whenever somebody sets a timer: what keeps connections does so each time that it comes to rest.</summary>
    private sealed class SignallingClock(TimeProvider clock, Pulse pulse) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(clock.CreateTimer(callback, state, dueTime, period), pulse);

        private sealed class Timer(ITimer timer, Pulse pulse) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                var isChanged = timer.Change(dueTime, period);
                pulse.Signal();
                return isChanged;
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }

    private sealed class Session : ILiveListener, IAsyncDisposable
    {
        private readonly Uplink _uplink;
        private readonly LiveClient _client;

        public Session(LiveClientFactory factory, short value)
        {
            Value = value;
            _uplink = factory.CreateUplink();
            _client = factory.Create(factory.Configure() with { SystemInstruction = $"call {value}." }, this, _uplink, $"c{value}");
        }

        public short Value { get; }

        public async Task<bool> ConnectAsync() => (await _client.ConnectAsync(CancellationToken.None)).IsReady;

        public ValueTask DisposeAsync() => _client.DisposeAsync();

        public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
        {
        }

        public void OnInterrupted()
        {
        }

        public void OnEvent(LiveEvent liveEvent)
        {
        }
    }
}

file static class SocketOfSession
{
    /// <summary>True when the setup is that of a session.</summary>
    public static bool Carries(this ScriptedSocket socket, short session) =>
        socket.Sent.Any(message => message.Contains($"\"call {session}.\"", StringComparison.Ordinal));
}
