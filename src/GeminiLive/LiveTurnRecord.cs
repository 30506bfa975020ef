namespace GeminiLive;

/// <summary>One finished turn of the conversation, what was said and what of it was heard: what <see cref="LiveHistory.TurnCompleted"/> carries.</summary>
/// <param name="Speaker">Who spoke.</param>
/// <param name="Turn">Number of the agent's turn, counted from 1; 0 for the caller.</param>
/// <param name="Text">The whole transcript, fragments joined and trimmed; empty when the service sent none.</param>
/// <param name="HeardText">What of <paramref name="Text"/> reached the caller; for the caller's own turns all of it.</param>
/// <param name="IsEstimated">True when the cut in <paramref name="HeardText"/> is a proportion of the audio, or when the rest of the turn never came.</param>
/// <param name="ReceivedMs">Audio of the turn that came from the service, in ms.</param>
/// <param name="PlayedMs">Of it, audio that was played to the caller, in ms.</param>
/// <param name="WasCut">True when the turn ended before its end: interrupted, lost with its connection, or not played whole.</param>
/// <param name="Timestamp">When its first words or its first audio came: a timestamp of the session's <see cref="TimeProvider"/>.</param>
public sealed record LiveTurnRecord(
    LiveSpeaker Speaker, int Turn, string Text, string HeardText, bool IsEstimated, long ReceivedMs, long PlayedMs, bool WasCut, long Timestamp);

/// <summary>Who spoke a turn.</summary>
public enum LiveSpeaker
{
    /// <summary>Who called; <c>user</c> on the wire.</summary>
    Caller,

    /// <summary>The model; <c>model</c> on the wire.</summary>
    Agent,
}

/// <summary>How a turn of the agent ended.</summary>
public enum LiveTurnEnd
{
    /// <summary>The model said all that it wanted to say.</summary>
    Completed,

    /// <summary>The service cut it, as a rule since the caller spoke.</summary>
    Interrupted,

    /// <summary>Its connection was lost in the middle of it; the rest never came.</summary>
    ConnectionLost,
}

/// <summary>One turn as the model is told of it: seeded history and content of the client.</summary>
/// <param name="Role">Whose words they are.</param>
/// <param name="Text">Plain text.</param>
public sealed record LiveHistoryTurn(LiveRole Role, string Text);

/// <summary>Roles of <c>clientContent</c> turns.</summary>
public enum LiveRole
{
    /// <summary><c>user</c>: the caller, or a note for the model.</summary>
    User,

    /// <summary><c>model</c>: the agent.</summary>
    Model,
}
