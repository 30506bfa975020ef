using Microsoft.Extensions.Logging.Abstractions;
using Support;

namespace GeminiLive.Tests;

/// <summary>A session on virtual time against scripted servers; each connection attempt takes the next of them, then the default.</summary>
internal sealed class LiveRig : ILiveConnector, ILiveListener, IAsyncDisposable
{
    private readonly List<ScriptedSocket> _sockets = [];
    private readonly List<object> _story = [];
    private readonly List<int> _audioTurns = [];
    private readonly Queue<Func<LiveConnectAttempt>> _attempts = [];

    public LiveRig(LiveOptions? options = null, string? model = null, Func<LiveSessionConfig, LiveSessionConfig>? change = null)
    {
        Options = options ?? new LiveOptions { ApiKey = "k" };
        Uplink = new Uplink(Options.AudioChunkMs, Options.AudioPairsFrom, new LiveCrowd());
        Gate = new LiveConnectGate(Clock);
        var config = TestSession.For(Options, new LiveSessionSettings { Model = model });
        Client = new LiveClient(
            change?.Invoke(config) ?? config, Options, this, Uplink, this, Gate, NoPool, Clock, NullLogger.Instance, "c1");
    }

    /// <summary>A pool that keeps nothing.</summary>
    public static LiveWarmPool NoPool { get; } =
        new(new ScriptedConnector(() => Refused()), new LiveConnectGate(TimeProvider.System), new LiveOptions(), TimeProvider.System, NullLogger.Instance);

    public LiveOptions Options { get; }

    public ManualTimeProvider Clock { get; } = new();

    public LiveConnectGate Gate { get; }

    /// <summary>Addresses of all attempts.</summary>
    public List<Uri> Addresses { get; } = [];

    /// <summary>Attempts that were made while an earlier socket was still open.</summary>
    public int Overlaps { get; private set; }

    public Pulse Pulse { get; } = new();

    public Uplink Uplink { get; }

    public LiveClient Client { get; }

    public int Attempts { get; private set; }

    /// <summary>Numbers, from 1, of the attempts that come to an end only when they are given up.</summary>
    public HashSet<int> EndlessAttempts { get; } = [];

    /// <summary>What a connection attempt gives once the planned ones are used up.</summary>
    public Func<LiveConnectAttempt>? Default { get; set; }

    /// <summary>Sockets handed out so far.</summary>
    public IReadOnlyList<ScriptedSocket> Sockets
    {
        get
        {
            lock (_sockets)
                return [.. _sockets];
        }
    }

    public ScriptedSocket Socket => Sockets[^1];

    /// <summary>What the listener was told, in order: events, audio as arrays, interruptions as the word.</summary>
    public IReadOnlyList<object> Story
    {
        get
        {
            lock (_story)
                return [.. _story];
        }
    }

    /// <summary>Turn numbers of the audio told, piece by piece.</summary>
    public IReadOnlyList<int> AudioTurns
    {
        get
        {
            lock (_story)
                return [.. _audioTurns];
        }
    }

    public IEnumerable<short> Heard => Story.OfType<short[]>().SelectMany(pcm => pcm);

    public LiveRig Plans(Func<LiveConnectAttempt> attempt)
    {
        _attempts.Enqueue(attempt);
        return this;
    }

    public LiveRig Plans(ScriptedSocket socket) => Plans(() => Take(socket));

    public LiveConnectAttempt Take(ScriptedSocket socket)
    {
        lock (_sockets)
            _sockets.Add(socket);
        Pulse.Signal();
        return new LiveConnectAttempt(socket, HttpStatus: null, Error: null);
    }

    public static LiveConnectAttempt Refused(int? status = null) => new(Socket: null, status, "refused");

    /// <summary>A server that answers the setup with a close.</summary>
    public static ScriptedSocket Closing(Pulse pulse, int? code, string reason)
    {
        var socket = new ScriptedSocket(pulse) { AnswersSetup = false };
        socket.Closes(code, reason);
        return socket;
    }

    public Task Until(Func<bool> condition) => Pulse.Until(condition);

    public Task UntilTold<T>(int times = 1) => Until(() => Story.OfType<T>().Count() >= times);

    /// <summary>Lets the clock run until the condition holds: in small steps and slowly, since the loops run on other threads.</summary>
    public async Task RunUntil(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.WhenAny(Task.Delay(5), Until(condition));
        }
        Assert.True(condition());
    }

    public async Task<ScriptedSocket> Connect()
    {
        var result = await Client.ConnectAsync(CancellationToken.None);
        Assert.True(result.IsReady, result.Failure?.Detail);
        await UntilTold<LiveReady>();
        return Socket;
    }

    /// <summary>The server's messages up to now have been handled once the listener has heard this one.</summary>
    public async Task Settle(ScriptedSocket? socket = null)
    {
        int Marks() => Story.OfType<UsageReported>().Count(usage => usage.TotalTokens == 0);
        var before = Marks();
        (socket ?? Socket).Says("""{"usageMetadata":{"totalTokenCount":0}}""");
        await Until(() => Marks() > before);
    }

    /// <summary>The server has heard the caller say something; an answer is due from now on.</summary>
    public async Task CallerIsHeard()
    {
        var before = Story.OfType<InputTranscript>().Count();
        Socket.Says("""{"serverContent":{"inputTranscription":{"text":"Hello?"}}}""");
        await UntilTold<InputTranscript>(before + 1);
    }

    public void Speak(int ms, short value = 1)
    {
        var frame = new short[320];
        frame.AsSpan().Fill(value);
        for (var i = 0; i < ms / 20; i++)
            Uplink.Write(frame);
    }

    public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        Attempts++;
        Addresses.Add(endpoint);
        Overlaps += Sockets.Any(socket => !socket.IsDisposed) ? 1 : 0;
        Pulse.Signal();
        if (EndlessAttempts.Contains(Attempts))
            return WaitInVainAsync(cancellationToken);
        var attempt = _attempts.Count > 0 ? _attempts.Dequeue() : Default ?? (() => Take(new ScriptedSocket(Pulse)));
        return Task.FromResult(attempt());
    }

    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
        lock (_story)
            _audioTurns.Add(turn);
        Tell(pcm.ToArray());
    }

    public void OnInterrupted() => Tell("interrupted");

    public void OnEvent(LiveEvent liveEvent) => Tell(liveEvent);

    public async ValueTask DisposeAsync()
    {
        await Client.CloseAsync();
        Assert.All(Sockets, socket => Assert.True(socket.IsDisposed));
        Assert.Equal(0, Clock.ActiveTimers);
    }

    private static async Task<LiveConnectAttempt> WaitInVainAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Refused();
    }

    private void Tell(object what)
    {
        lock (_story)
            _story.Add(what);
        Pulse.Signal();
    }
}
