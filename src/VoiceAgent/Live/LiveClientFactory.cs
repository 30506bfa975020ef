using Microsoft.Extensions.Options;
using VoiceAgent.Audio;

namespace VoiceAgent.Live;

/// <summary>Makes the session of a call, and the two buffers that go with it, from the configured values.</summary>
internal sealed class LiveClientFactory(
    IOptions<LiveOptions> options, ILiveConnector connector, TimeProvider timeProvider, ILogger<LiveClient> logger)
{
    /// <summary>The configured values, key included.</summary>
    public LiveOptions Options => options.Value;

    /// <summary>Caller audio in chunks of the configured length.</summary>
    public Uplink CreateUplink() => new(Options.AudioChunkMs);

    /// <summary>Model audio up to the configured limit.</summary>
    public PlayoutBuffer CreatePlayoutBuffer() => new(Options.PlayoutLimit);

    /// <summary>A session that is not connected yet.</summary>
    public LiveClient Create(LiveSessionConfig config, ILiveListener listener, Uplink uplink, string callId) =>
        new(config, Options, listener, uplink, connector, timeProvider, logger, callId);
}
