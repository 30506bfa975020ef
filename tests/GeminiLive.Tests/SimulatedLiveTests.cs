using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Live;

namespace GeminiLive.Tests;

/// <summary>Our session against the strict simulated server, which closes on every field or order that the service would refuse.</summary>
public sealed class SimulatedLiveTests : ILiveListener, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Pulse _pulse = new();
    private readonly Uplink _uplink = new(20);
    private readonly List<LiveEvent> _events = [];
    private SimulatedLive _server = null!;
    private LiveClient _client = null!;
    private long _heardSamples;
    private int _interruptions;

    private IReadOnlyList<LiveEvent> Events
    {
        get
        {
            lock (_events)
                return [.. _events];
        }
    }

    [Theory]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.8-live-extended-thinking")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025")]
    public async Task Greeting_is_given_to_its_last_sample_on_every_model_family(string model)
    {
        var session = await StartAsync(new SimulatedLiveOptions { ApiKey = "k", FragmentBytes = 1_000 }, model);
        _client.StartGreeting();
        await _pulse.Until(() => Events.Any(e => e is GenerationComplete));

        Assert.True(_heardSamples > 24_000);
        Assert.Equal(session.SentChunks.Sum(chunk => chunk.Bytes) / 2, _heardSamples);
        Assert.Contains(Events, e => e is OutputTranscript);
    }

    [Fact]
    public async Task Caller_audio_arrives_whole()
    {
        var session = await StartAsync(new SimulatedLiveOptions { AutoAnswer = false });
        var audio = new short[320 * 40];
        for (var i = 0; i < audio.Length; i++)
            audio[i] = (short)(i % 50);
        for (var i = 0; i < audio.Length; i += 160)
            _uplink.Write(audio.AsSpan(i, 160));
        while (session.CallerSamples < audio.Length)
            await Task.Yield();

        Assert.Equal(audio, session.CallerAudio);
    }

    [Fact]
    public async Task Audio_of_a_dead_generation_is_never_heard()
    {
        var session = await StartAsync(new SimulatedLiveOptions { AutoAnswer = false, Pace = 1 });
        await session.SayAsync("story");
        await _pulse.Until(() => _heardSamples > 0);
        await session.InterruptAsync(staleMs: 500);
        await _pulse.Until(() => _interruptions == 1);
        var heard = _heardSamples;
        await _pulse.Until(() => Events.Any(e => e is TurnComplete));

        Assert.Contains(session.SentChunks, chunk => chunk.Stale);
        Assert.Equal(heard, _heardSamples);
        Assert.Contains(Events, e => e is UsageReported { TotalTokens: > 0 });
        await session.SayAsync("acknowledgement");
        await _pulse.Until(() => Events.Any(e => e is GenerationComplete));
        Assert.True(_heardSamples > heard);
    }

    [Fact]
    public async Task Session_goes_on_over_go_away_and_every_kind_of_close()
    {
        var session = await StartAsync(new SimulatedLiveOptions { AutoAnswer = false, Pace = 50 });
        for (var number = 2; number <= 8; number++)
        {
            await session.SayAsync(new short[2_400]);
            await session.WaitForAsync(SessionEventKind.TurnCompleted, Limit);
            await _pulse.Until(() => Events.OfType<TurnComplete>().Count() >= number - 1);
            var handle = session.Events.Last(e => e.Kind == SessionEventKind.HandleIssued).Text;
            await (number switch
            {
                2 => session.GoAwayAsync(TimeSpan.FromSeconds(50)),
                3 => session.AbortAsync(),
                4 => session.CloseAsync(1000),
                5 => session.CloseAsync(1001, "going away"),
                6 => session.CloseAsync(1008, "Operation is not implemented, or supported, or enabled."),
                7 => session.CloseAsync(1008, "The operation was aborted."),
                _ => session.CloseAsync(1011, "Deadline expired before operation could complete."),
            });
            session = await _server.WaitForSessionAsync(number, Limit);
            await _pulse.Until(() => Events.OfType<Resumed>().Count() == number - 1);
            Assert.Equal(handle, session.ResumedHandle);
        }
        Assert.All(Events.OfType<Resumed>(), resumed => Assert.Equal((false, 1), (resumed.IsFresh, resumed.Attempts)));
        Assert.DoesNotContain(Events, e => e is LiveFailed);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    void ILiveListener.OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        Interlocked.Add(ref _heardSamples, pcm.Length);
        _pulse.Signal();
    }

    void ILiveListener.OnInterrupted()
    {
        Interlocked.Increment(ref _interruptions);
        _pulse.Signal();
    }

    void ILiveListener.OnEvent(LiveEvent liveEvent)
    {
        lock (_events)
            _events.Add(liveEvent);
        _pulse.Signal();
    }

    private async Task<SimulatedSession> StartAsync(SimulatedLiveOptions settings, string? model = null)
    {
        _server = await SimulatedLive.StartAsync(settings, TimeProvider.System);
        var options = new LiveOptions { Endpoint = _server.Endpoint.AbsoluteUri, ApiKey = "k" };
        var config = TestSession.For(options, new LiveSessionSettings { Model = model });
        _client = new LiveClient(
            config, options, this, _uplink, new WebSocketConnector(options), new LiveConnectGate(TimeProvider.System), LiveRig.NoPool, TimeProvider.System, NullLogger.Instance, "c1");
        var result = await _client.ConnectAsync(CancellationToken.None);
        Assert.True(result.IsReady, result.Failure?.Detail);
        return await _server.WaitForSessionAsync(1, Limit);
    }
}
