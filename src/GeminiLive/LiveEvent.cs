namespace GeminiLive;

/// <summary>Something the session reported besides audio; closed list.</summary>
internal abstract record LiveEvent;

/// <summary>The first setup was accepted.</summary>
/// <param name="SetupTime">From the first byte of the connection attempt.</param>
/// <param name="SessionId">The service's own name for the session, where it gives one.</param>
internal sealed record LiveReady(TimeSpan SetupTime, string? SessionId) : LiveEvent;

/// <summary>A fragment of what the caller said; fragments are joined as they are.</summary>
internal sealed record InputTranscript(string Text) : LiveEvent;

/// <summary>A fragment of what the model says; fragments are joined as they are.</summary>
/// <param name="Text">The fragment.</param>
/// <param name="Turn">Number of the agent's turn, counted from 1 over the whole session.</param>
internal sealed record OutputTranscript(string Text, int Turn) : LiveEvent;

/// <summary>All audio of this generation has been given; it may still be playing.</summary>
/// <param name="Turn">Number of the agent's turn; 0 when the generation had no output.</param>
internal sealed record GenerationComplete(int Turn) : LiveEvent;

/// <summary>The server takes the turn for over. May come twice, or without any audio before it.</summary>
/// <param name="IsIdle">False while an extended-thinking model goes on working.</param>
/// <param name="Reason">Why the turn ended without normal output; null as a rule.</param>
/// <param name="Turn">Number of the agent's turn; 0 when the model said nothing.</param>
internal sealed record TurnComplete(bool IsIdle, string? Reason, int Turn) : LiveEvent;

/// <summary>Nothing is owed to the caller's last words any more, even if nothing was said: the model has ended its turn, or waits, of its own accord.</summary>
/// <remarks>Follows neither the end of an interrupted turn nor one that the service refused (<see cref="TurnComplete.Reason"/>).</remarks>
internal sealed record AnswerSettled : LiveEvent;

/// <summary>The connection will end; the client changes over by itself.</summary>
internal sealed record GoAwayReceived(TimeSpan TimeLeft) : LiveEvent;

/// <summary>Tokens of one turn; turns add up to the bill.</summary>
internal sealed record UsageReported(int PromptTokens, int ResponseTokens, int ThoughtTokens, int TotalTokens) : LiveEvent;

/// <summary>The model calls functions.</summary>
internal sealed record ToolCallsRequested(IReadOnlyList<LiveToolCall> Calls) : LiveEvent;

/// <summary>The model no longer wants the answers to these calls.</summary>
internal sealed record ToolCallsCancelled(IReadOnlyList<string> Ids) : LiveEvent;

/// <summary>The connection is gone and the client fetches the session back. An open turn is over: neither of its ends will come.</summary>
/// <param name="Code">Close code, or null without a close frame.</param>
/// <param name="Reason">The server's words, or what was observed here.</param>
/// <param name="IsPlanned">True when the client itself changes over after <see cref="GoAwayReceived"/>.</param>
/// <param name="Turn">Number of the agent's turn that was open; 0 when none was.</param>
internal sealed record ConnectionLost(int? Code, string Reason, bool IsPlanned, int Turn) : LiveEvent;

/// <summary>The session is back; no greeting follows.</summary>
/// <param name="Gap">From the loss to the accepted setup.</param>
/// <param name="Attempts">Connections tried, the good one included.</param>
/// <param name="IsFresh">True when the conversation so far was lost with the old session.</param>
internal sealed record Resumed(TimeSpan Gap, int Attempts, bool IsFresh) : LiveEvent;

/// <summary>The session is lost for good; the last event, and given once.</summary>
internal sealed record LiveFailed(LiveFailure Failure) : LiveEvent;

/// <summary>One function call of the model.</summary>
/// <param name="Id">Opaque; null from services that give none.</param>
/// <param name="Name">Function name as declared.</param>
/// <param name="ArgumentsJson">A JSON object; <c>{}</c> when the call has no arguments.</param>
internal sealed record LiveToolCall(string? Id, string Name, string ArgumentsJson);
