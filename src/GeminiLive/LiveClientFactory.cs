using GeminiLive.Configuration;
using GeminiLive.Credentials;
using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Makes the session of a call, and the uplink that goes with it, from the configured values.</summary>
internal sealed class LiveClientFactory(
    IOptions<LiveOptions> options, ILiveConnector connector, TimeProvider timeProvider, ILogger<LiveClient> logger)
{
    private readonly LiveConnectGate _gate = new(timeProvider);
    private readonly CredentialStore _credentials = new();

    /// <summary>The configured values, key included.</summary>
    public LiveOptions Options => options.Value;

    /// <summary>Caller audio in chunks of the configured length.</summary>
    public Uplink CreateUplink() => new(Options.AudioChunkMs);

    /// <summary>What an agent's session asks for, and where: its own wishes over section <c>Live</c>. Instructions and the like are added by the caller.</summary>
    /// <param name="agent">What the agent says itself; null for plain section <c>Live</c>.</param>
    public LiveSessionConfig Configure(LiveSessionSettings? agent = null)
    {
        var settings = (agent ?? new LiveSessionSettings()).Over(Options);
        return new LiveSessionConfig { Settings = settings, Targets = TargetResolver.Resolve(Options, settings, _credentials) };
    }

    /// <summary>A session that is not connected yet.</summary>
    public LiveClient Create(LiveSessionConfig config, ILiveListener listener, Uplink uplink, string callId) =>
        new(config, Options, listener, uplink, connector, _gate, timeProvider, logger, callId);
}
