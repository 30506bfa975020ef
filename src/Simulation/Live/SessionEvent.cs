namespace Simulation.Live;

/// <summary>What can happen on a simulated session, as tests and the demo's timeline see it.</summary>
public enum SessionEventKind
{
    /// <summary>The WebSocket was opened.</summary>
    Connected,

    /// <summary>The client's setup was read and found legal; the text is the model.</summary>
    SetupReceived,

    /// <summary><c>setupComplete</c> was sent.</summary>
    SetupCompleted,

    /// <summary>The caller began to speak: activity was committed, or <c>activityStart</c> came.</summary>
    SpeechStarted,

    /// <summary>The caller's utterance ended; the text tells how long it was.</summary>
    SpeechEnded,

    /// <summary>The client sent text, by <c>realtimeInput</c> or <c>clientContent</c>.</summary>
    TextReceived,

    /// <summary>The client answered a tool call; the text is the call's id.</summary>
    ToolResponseReceived,

    /// <summary><c>toolCall</c> was sent; the text is the call's id.</summary>
    ToolCallSent,

    /// <summary><c>toolCallCancellation</c> was sent; the text is the calls' ids.</summary>
    ToolCallCancelled,

    /// <summary>The first audio chunk of a generation was sent; the text is the prompt's name.</summary>
    GenerationStarted,

    /// <summary><c>interrupted</c> was sent.</summary>
    Interrupted,

    /// <summary><c>generationComplete</c> was sent.</summary>
    GenerationCompleted,

    /// <summary><c>turnComplete</c> was sent.</summary>
    TurnCompleted,

    /// <summary>A resumption handle was sent; the text is the handle.</summary>
    HandleIssued,

    /// <summary><c>goAway</c> was sent; the text is the time left.</summary>
    GoAwaySent,

    /// <summary>The connection was frozen half-open.</summary>
    Frozen,

    /// <summary>A frozen connection goes on.</summary>
    Thawed,

    /// <summary>A message that only a script or a test sends left as it was given.</summary>
    RawSent,

    /// <summary>The client broke a rule; the text is the close code and reason it got.</summary>
    Refused,

    /// <summary>A script step began; the text names it.</summary>
    ScriptStep,

    /// <summary>The last script step is done.</summary>
    ScriptFinished,

    /// <summary>A script step waited in vain; the text says for what.</summary>
    ScriptFailed,

    /// <summary>The connection is over; the text tells who closed it, with which code and reason.</summary>
    Closed,
}

/// <summary>One entry of a session's history.</summary>
/// <param name="Timestamp">When it happened, on the server's <see cref="TimeProvider"/>; for something sent, just before it was handed to the socket.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Text">What to know about it; empty where the kind says it all.</param>
public readonly record struct SessionEvent(long Timestamp, SessionEventKind Kind, string Text);

/// <summary>One client message other than caller audio.</summary>
/// <param name="Timestamp">When its last byte had arrived.</param>
/// <param name="Json">The message as it came.</param>
public readonly record struct ReceivedMessage(long Timestamp, string Json);

/// <summary>One audio message of the caller.</summary>
/// <param name="Timestamp">When its last byte had arrived.</param>
/// <param name="FirstSample">Index of its first sample in the session's caller audio, at 16 kHz.</param>
/// <param name="Samples">How many samples it brought.</param>
public readonly record struct AudioArrival(long Timestamp, long FirstSample, int Samples);

/// <summary>One audio chunk sent to the client.</summary>
/// <param name="Timestamp">Just before it was handed to the socket.</param>
/// <param name="Bytes">Its length in bytes of 24 kHz PCM16.</param>
/// <param name="Stale">Whether it belonged to a generation that had been interrupted already.</param>
public readonly record struct SentChunk(long Timestamp, int Bytes, bool Stale);
