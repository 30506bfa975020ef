using Benchmarks.Media;
using GeminiLive;
using VoiceAgent.Audio;

namespace Benchmarks.Live;

/// <summary>One Live session with a caller at its end and no telephony in between: counted frames go up, what comes down is played out and watched.</summary>
internal sealed class LiveLine : ILiveListener, IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<(long At, LiveEvent Event)> _events = [];
    private readonly List<(long At, int Samples)> _heard = [];
    private readonly short[] _up = new short[CountedAudio.FrameSamples];
    private readonly short[] _down = new short[PlayoutBuffer.RateHz / 50];
    private readonly PlayoutBuffer _playout = new(TimeSpan.FromMinutes(1));
    private readonly Uplink _uplink;
    private readonly LiveClient _client;
    private readonly int _number;
    private int _frames;
    private long _firstAudio;

    private LiveLine(LiveClientFactory factory, int number)
    {
        _number = number;
        _uplink = factory.CreateUplink();
        var config = factory.Configure() with { SystemInstruction = "You answer the phone.", Greeting = "(The caller is on the line. Greet them.)" };
        _client = factory.Create(config, this, _uplink, $"line-{number}");
    }

    /// <summary>Whether the caller is loud.</summary>
    public bool IsLoud { get; set; }

    /// <summary>When the model was first heard; 0 before.</summary>
    public long FirstAudio => Volatile.Read(ref _firstAudio);

    /// <summary>Makes the sessions of one configuration, over real sockets.</summary>
    public static LiveClientFactory FactoryFor(LiveOptions options) => new(options);

    /// <summary>A line whose session is set up.</summary>
    /// <exception cref="InvalidOperationException">The session was refused.</exception>
    public static async Task<LiveLine> OpenAsync(LiveClientFactory factory, int number)
    {
        var line = new LiveLine(factory, number);
        var result = await line._client.ConnectAsync(CancellationToken.None);
        return result.Failure is null ? line : throw new InvalidOperationException(result.Failure.Detail);
    }

    /// <summary>Lets the model speak first.</summary>
    public void Greet() => _client.StartGreeting();

    /// <summary>One 20 ms frame each way; the metronome's thread.</summary>
    public void Tick()
    {
        CountedAudio.Write(_up, _number, ++_frames & 0xFFFF, IsLoud);
        _uplink.Write(_up);
        var samples = _playout.Read(_down);
        lock (_gate)
            _heard.Add((Clock.Now, samples));
    }

    /// <summary>When an event of a kind came, at or after a moment.</summary>
    /// <exception cref="TimeoutException">It did not come.</exception>
    public async Task<long> WhenAsync<T>(long since) where T : LiveEvent
    {
        for (var start = Clock.Now; Clock.Milliseconds(start, Clock.Now) < Limit.TotalMilliseconds; await Task.Delay(2))
        {
            lock (_gate)
            {
                if (_events.Find(e => e.At >= since && e.Event is T) is { At: > 0 } found)
                    return found.At;
            }
        }
        throw new TimeoutException($"Line {_number} saw no {typeof(T).Name}.");
    }

    /// <summary>Silence between the first and the last sound of the model since a moment, in milliseconds.</summary>
    public double GapSince(long moment)
    {
        lock (_gate)
        {
            var frames = _heard.FindAll(frame => frame.At >= moment);
            var (first, last) = (frames.FindIndex(frame => frame.Samples > 0), frames.FindLastIndex(frame => frame.Samples > 0));
            return first < 0 ? double.NaN : frames[first..last].Sum(frame => _down.Length - frame.Samples) * 1000.0 / PlayoutBuffer.RateHz;
        }
    }

    void ILiveListener.OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        Interlocked.CompareExchange(ref _firstAudio, Clock.Now, 0);
        _playout.Write(pcm, sampleRateHz, turn);
    }

    void ILiveListener.OnInterrupted() => _playout.Flush();

    void ILiveListener.OnEvent(LiveEvent liveEvent)
    {
        if (liveEvent is GenerationComplete or TurnComplete or ConnectionLost)
            _playout.CompleteTurn();
        if (liveEvent is ConnectionLost)
            Volatile.Write(ref _firstAudio, 0);
        lock (_gate)
            _events.Add((Clock.Now, liveEvent));
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
