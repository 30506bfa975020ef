using VoiceAgent.Audio;

namespace VoiceAgent.Live;

/// <summary>One call's session with the model: connects, streams, and fetches the session back when the connection is lost.</summary>
/// <remarks>Public members may be called from any thread and do not block. Everything that happens comes to the <see cref="ILiveListener"/>.</remarks>
internal sealed class LiveClient(
    LiveSessionConfig config, LiveOptions options, ILiveListener listener, Uplink uplink, ILiveConnector connector,
    TimeProvider timeProvider, ILogger logger, string callId) : IAsyncDisposable
{
    /// <summary>Where the session stands.</summary>
    public LiveSessionState State { get; private set; }

    /// <summary>Connects and sets up, once. Expected failures are values; a failed client is only good for disposal.</summary>
    public Task<LiveConnectResult> ConnectAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{config.Model} {options.Model} {listener} {uplink.ChunkSamples} {connector} {timeProvider} {logger} {callId} {cancellationToken.CanBeCanceled}");

    /// <summary>Lets the model speak first; the caller's first words are held back a moment (<see cref="LiveOptions.GreetingGuard"/>).</summary>
    public void StartGreeting() => State = LiveSessionState.Idle;

    /// <summary>Tells the model something in writing, such as a dialled digit; kept during a reconnect.</summary>
    /// <returns>False when the session is over or far too much is waiting.</returns>
    public bool SendText(string text) => text.Length == 0 && State == LiveSessionState.Open;

    /// <summary>Ends the session with close code 1000; no event follows. May be called more than once.</summary>
    public Task CloseAsync()
    {
        State = LiveSessionState.Closed;
        return Task.CompletedTask;
    }

    /// <inheritdoc cref="CloseAsync"/>
    public async ValueTask DisposeAsync() => await CloseAsync();
}
