namespace GeminiLive;

/// <summary>Something the session reported besides audio; closed list.</summary>
public abstract record LiveEvent;

/// <summary>Model audio of the running generation; given by <see cref="LiveEventStream"/> in place of <see cref="ILiveListener.OnAudio"/>.</summary>
/// <param name="Pcm">Mono PCM16 of any length.</param>
/// <param name="SampleRateHz">24000 as a rule.</param>
/// <param name="Turn">Number of the agent's turn, counted from 1 over the whole session.</param>
public sealed record ModelAudio(short[] Pcm, int SampleRateHz, int Turn) : LiveEvent;

/// <summary>The caller cut in: all audio so far that has not been played is void; given by <see cref="LiveEventStream"/> in place of <see cref="ILiveListener.OnInterrupted"/>.</summary>
public sealed record Interrupted : LiveEvent;

/// <summary>The first setup was accepted.</summary>
/// <param name="SetupTime">From the first byte of the connection attempt.</param>
/// <param name="SessionId">The service's own name for the session, where it gives one.</param>
public sealed record LiveReady(TimeSpan SetupTime, string? SessionId) : LiveEvent;

/// <summary>A fragment of what the caller said; fragments are joined as they are.</summary>
/// <param name="Text">The fragment.</param>
public sealed record InputTranscript(string Text) : LiveEvent
{
    /// <summary>BCP-47 code, where the service names it.</summary>
    public string? LanguageCode { get; init; }
}

/// <summary>A fragment of what the model says; fragments are joined as they are.</summary>
/// <param name="Text">The fragment.</param>
/// <param name="Turn">Number of the agent's turn, counted from 1 over the whole session.</param>
public sealed record OutputTranscript(string Text, int Turn) : LiveEvent
{
    /// <inheritdoc cref="InputTranscript.LanguageCode"/>
    public string? LanguageCode { get; init; }
}

/// <summary>All audio of this generation has been given; it may still be playing.</summary>
/// <param name="Turn">Number of the agent's turn; 0 when the generation had no output.</param>
public sealed record GenerationComplete(int Turn) : LiveEvent;

/// <summary>The server takes the turn for over. May come twice, or without any audio before it.</summary>
/// <param name="IsIdle">False while an extended-thinking model goes on working.</param>
/// <param name="Reason">Why the turn ended without normal output; null as a rule.</param>
/// <param name="Turn">Number of the agent's turn; 0 when the model said nothing.</param>
public sealed record TurnComplete(bool IsIdle, string? Reason, int Turn) : LiveEvent;

/// <summary>Nothing is owed to the caller's last words any more, even if nothing was said: the model has ended its turn, or waits, of its own accord.</summary>
/// <remarks>Follows neither the end of an interrupted turn nor one that the service refused (<see cref="TurnComplete.Reason"/>).</remarks>
public sealed record AnswerSettled : LiveEvent;

/// <summary>The connection will end; the client changes over by itself.</summary>
public sealed record GoAwayReceived(TimeSpan TimeLeft) : LiveEvent;

/// <summary>The answer rests on a search.</summary>
/// <param name="Queries">What was searched for.</param>
/// <param name="Sources">Pages that the answer rests on.</param>
/// <param name="Turn">Number of the agent's turn; 0 when none is open.</param>
public sealed record GroundingReceived(IReadOnlyList<string> Queries, IReadOnlyList<LiveSource> Sources, int Turn) : LiveEvent;

/// <summary>One page that an answer rests on.</summary>
/// <param name="Uri">Its address, as the service gives it.</param>
/// <param name="Title">Its title; may be empty.</param>
public sealed record LiveSource(string Uri, string Title);

/// <summary>The server has heard the caller start or stop speaking. Few models say so: nothing may depend on it.</summary>
/// <param name="IsStart">False for the end.</param>
/// <param name="Offset">Place in the caller's audio, where the service names it.</param>
public sealed record VoiceActivityReported(bool IsStart, TimeSpan? Offset) : LiveEvent;

/// <summary>The model stays silent on purpose and waits for the caller to go on.</summary>
public sealed record WaitingForInput : LiveEvent;

/// <summary>An extended-thinking model has gone to work, or is done: only then is its turn over, however many times it has been completed.</summary>
/// <param name="IsIdle">False while it works.</param>
public sealed record InteractionChanged(bool IsIdle) : LiveEvent;

/// <summary>The model has written something that is neither a thought nor spoken: the answer itself in a session that asks for text, a rarity in others.</summary>
/// <param name="Text">As it came.</param>
/// <param name="Turn">Number of the agent's turn.</param>
public sealed record ModelText(string Text, int Turn) : LiveEvent;

/// <summary>The service reports an error without closing.</summary>
/// <param name="Error">Its code and words.</param>
public sealed record ServerErrorReported(string Error) : LiveEvent;

/// <summary>The model calls functions.</summary>
public sealed record ToolCallsRequested(IReadOnlyList<LiveToolCall> Calls) : LiveEvent;

/// <summary>The model no longer wants the answers to these calls.</summary>
public sealed record ToolCallsCancelled(IReadOnlyList<string> Ids) : LiveEvent;

/// <summary>The connection is gone and the client fetches the session back. An open turn is over: neither of its ends will come.</summary>
/// <param name="Code">Close code, or null without a close frame.</param>
/// <param name="Reason">The server's words, or what was observed here.</param>
/// <param name="IsPlanned">True when the client itself changes over after <see cref="GoAwayReceived"/>.</param>
/// <param name="Turn">Number of the agent's turn that was open; 0 when none was.</param>
public sealed record ConnectionLost(int? Code, string Reason, bool IsPlanned, int Turn) : LiveEvent;

/// <summary>The session is back; no greeting follows.</summary>
/// <param name="Gap">From the loss to the accepted setup.</param>
/// <param name="Attempts">Connections tried, the good one included.</param>
/// <param name="IsFresh">True when the conversation so far was lost with the old session.</param>
public sealed record Resumed(TimeSpan Gap, int Attempts, bool IsFresh) : LiveEvent;

/// <summary>The session is lost for good; the last event, and given once.</summary>
public sealed record LiveFailed(LiveFailure Failure) : LiveEvent;

/// <summary>One function call of the model.</summary>
/// <param name="Id">Opaque; null from services that give none.</param>
/// <param name="Name">Function name as declared.</param>
/// <param name="ArgumentsJson">A JSON object; <c>{}</c> when the call has no arguments.</param>
public sealed record LiveToolCall(string? Id, string Name, string ArgumentsJson);
