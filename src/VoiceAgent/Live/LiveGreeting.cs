using VoiceAgent.Audio;
using VoiceAgent.Live.Messages;

namespace VoiceAgent.Live;

/// <summary>The greeting: asked for once, asked for again when the connection is lost before its first sound, and guarded against the caller's "hello?".</summary>
/// <remarks>Any thread.</remarks>
internal sealed class LiveGreeting(LiveSessionConfig config, LiveOptions options, Uplink uplink, LiveOutbox outbox, LiveWatchdog watchdog)
{
    private readonly Lock _gate = new();

    // Always the same array, so that it cannot wait twice in the outbox.
    private readonly byte[] _message = LiveModelProfile.For(config.Model).GreetsByRealtimeText
        ? ClientMessages.RealtimeText(config.Greeting)
        : ClientMessages.UserTurn(config.Greeting);

    private bool _isDue;

    /// <summary>Asks for the greeting. The caller is not heard until it has begun: a "hello?" would cut it before its first word.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            _isDue = true;
            if (options.GreetingGuard > TimeSpan.Zero)
                uplink.Mute(options.TurnTimeout);
            watchdog.Expect();
            outbox.TryAdd(_message);
        }
    }

    /// <summary>Asks again if a lost connection took the greeting with it.</summary>
    public void AskAgainIfLost()
    {
        lock (_gate)
        {
            if (_isDue)
                Ask();
        }
    }

    /// <summary>The model speaks; the guard stays a moment longer.</summary>
    public void Heard()
    {
        lock (_gate)
        {
            if (_isDue && options.GreetingGuard > TimeSpan.Zero)
                uplink.Mute(options.GreetingGuard);
            _isDue = false;
        }
    }
}
