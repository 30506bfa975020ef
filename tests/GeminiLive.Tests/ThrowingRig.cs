using Microsoft.Extensions.Logging.Abstractions;
using Support;

namespace GeminiLive.Tests;

/// <summary>A session whose listener has a bug.</summary>
internal sealed class ThrowingRig : ILiveConnector, ILiveListener
{
    public ThrowingRig()
    {
        var options = new LiveOptions();
        var clock = new ManualTimeProvider();
        Client = new LiveClient(TestSession.For(options), options, this, new Uplink(20), this, new LiveConnectGate(clock), LiveRig.NoPool, clock, NullLogger.Instance, "c1");
    }

    public Pulse Pulse { get; } = new();

    public LiveClient Client { get; }

    public ScriptedSocket? Socket { get; private set; }

    public LiveFailure? Failure { get; private set; }

    public Task<LiveConnectAttempt> ConnectAsync(Uri endpoint, IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        Socket = new ScriptedSocket(Pulse);
        return Task.FromResult(new LiveConnectAttempt(Socket, HttpStatus: null, Error: null));
    }

    public void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn)
    {
    }

    public void OnInterrupted()
    {
    }

    public void OnEvent(LiveEvent liveEvent)
    {
        if (liveEvent is InputTranscript)
            throw new FormatException("a bug in the listener");
        Failure = (liveEvent as LiveFailed)?.Failure;
        Pulse.Signal();
    }
}
