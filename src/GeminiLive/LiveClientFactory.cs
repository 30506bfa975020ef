using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Makes the session of a call, and the uplink that goes with it, from the configured values.</summary>
internal sealed class LiveClientFactory(
    IOptions<LiveOptions> options, ILiveConnector connector, TimeProvider timeProvider, ILogger<LiveClient> logger)
{
    private readonly LiveConnectGate _gate = new(timeProvider);

    /// <summary>The configured values, key included.</summary>
    public LiveOptions Options => options.Value;

    /// <summary>Caller audio in chunks of the configured length.</summary>
    public Uplink CreateUplink() => new(Options.AudioChunkMs);

    /// <summary>A session that is not connected yet.</summary>
    public LiveClient Create(LiveSessionConfig config, ILiveListener listener, Uplink uplink, string callId) =>
        new(config, Options, listener, uplink, connector, _gate, timeProvider, logger, callId);
}
