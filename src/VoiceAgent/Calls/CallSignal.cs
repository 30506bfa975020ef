using GeminiLive;

namespace VoiceAgent.Calls;

/// <summary>One thing that happened to a call, on its way to the call's loop: a trigger of the state table, details, or both.</summary>
/// <param name="Trigger">What the state table is told; null for details that change no state.</param>
/// <param name="Detail">A <see cref="LiveEvent"/>, a <see cref="DigitPressed"/>, an end reason, or null.</param>
internal readonly record struct CallSignal(CallTrigger? Trigger, object? Detail = null)
{
    /// <summary>The signal that a Live event is.</summary>
    public static CallSignal Of(LiveEvent liveEvent) => new(
        liveEvent switch
        {
            LiveReady => CallTrigger.LiveReady,
            ConnectionLost => CallTrigger.LiveLost,
            Resumed => CallTrigger.LiveResumed,
            LiveFailed => CallTrigger.LiveFailed,
            _ => null,
        },
        liveEvent);
}

/// <summary>A key was pressed.</summary>
/// <param name="Digit">0-9, *, #, A-D.</param>
internal sealed record DigitPressed(char Digit);

/// <summary>The pause after the last digit is over.</summary>
internal sealed record DigitPauseOver
{
    public static DigitPauseOver Instance { get; } = new();
}
