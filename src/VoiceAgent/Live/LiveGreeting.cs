using VoiceAgent.Audio;
using VoiceAgent.Live.Messages;

namespace VoiceAgent.Live;

/// <summary>The greeting: asked for once, asked for again when the connection is lost before its first sound, and guarded against the caller's "hello?".</summary>
internal sealed class LiveGreeting(LiveSessionConfig config, LiveOptions options, Uplink uplink)
{
    private volatile bool _isDue;

    /// <summary>True from the request until the model's first sound.</summary>
    public bool IsDue => _isDue;

    /// <summary>What asks for it; always the same array, so that it cannot wait twice in the outbox.</summary>
    public byte[] Message { get; } = LiveModelProfile.For(config.Model).GreetsByRealtimeText
        ? ClientMessages.RealtimeText(config.Greeting)
        : ClientMessages.UserTurn(config.Greeting);

    /// <summary>The greeting is asked for. The caller is not heard until it has begun: a "hello?" would cut it before its first word.</summary>
    public void Ask()
    {
        _isDue = true;
        if (options.GreetingGuard > TimeSpan.Zero)
            uplink.Mute(options.TurnTimeout);
    }

    /// <summary>The model speaks; the guard stays a moment longer.</summary>
    public void Heard()
    {
        if (!_isDue)
            return;
        _isDue = false;
        if (options.GreetingGuard > TimeSpan.Zero)
            uplink.Mute(options.GreetingGuard);
    }
}
