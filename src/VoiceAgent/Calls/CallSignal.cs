using GeminiLive;
using Telephony.Calls;

namespace VoiceAgent.Calls;

/// <summary>One thing that happened to a call, on its way to the call's loop: a trigger of the state table, details, or both.</summary>
/// <param name="Trigger">What the state table is told; null for details that change no state.</param>
/// <param name="Detail">A <see cref="LiveEvent"/>, a <see cref="LiveTurnRecord"/>, a <see cref="DigitPressed"/>, a <see cref="LoopNote"/>, a <see cref="Tools.Invocation.ToolInvocation"/>, a <see cref="ToolCalls.ToolDelivered"/>, an end reason, an <see cref="OperatorAct"/>, what the phone tools want or learn, or null.</param>
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
/// <param name="Source">How it came.</param>
internal sealed record DigitPressed(char Digit, DigitSource Source)
{
    /// <summary>Whether whoever hears the line hears it too.</summary>
    public bool IsInAudio => Source == DigitSource.Tone;
}

/// <summary>Digits that the agent wanted to send have gone out.</summary>
/// <param name="Sent">What went out.</param>
/// <param name="Unsent">What did not; empty as a rule.</param>
internal sealed record DigitsSent(string Sent, string Unsent);

/// <summary>Asks the call's loop to look at something that it can see for itself; these exist once, so that the media thread allocates nothing.</summary>
internal sealed class LoopNote
{
    private LoopNote()
    {
    }

    /// <summary>The pause after the last digit is over.</summary>
    public static LoopNote DigitPauseOver { get; } = new();

    /// <summary>Turns of the agent have been heard or cut.</summary>
    public static LoopNote TurnsPlayed { get; } = new();

    /// <summary>The caller has begun to speak, or has finished.</summary>
    public static LoopNote CallerSpeechChanged { get; } = new();

    /// <summary>The caller talks into what the agent has left to say, and the service has nothing left that it could cut.</summary>
    public static LoopNote CallerTalksOn { get; } = new();

    /// <summary>The agent is heard after the caller has spoken.</summary>
    public static LoopNote AgentResponded { get; } = new();

    /// <summary>A sound has ended a silence on the line.</summary>
    public static LoopNote SilenceEnded { get; } = new();

    /// <summary>A tool's answer has come.</summary>
    public static LoopNote ToolsChanged { get; } = new();

    /// <summary>What the agent wanted done on the phone line may go on.</summary>
    public static LoopNote PhoneActGoesOn { get; } = new();

    /// <summary>The silence may have lasted long enough for the next step.</summary>
    public static LoopNote SilenceLasts { get; } = new();
}
