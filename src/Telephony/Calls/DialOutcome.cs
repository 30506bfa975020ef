namespace Telephony.Calls;

/// <summary>Why a call of ours was not answered, as SIP says it.</summary>
/// <param name="StatusCode">The final response; 408 for none in time, 503 when nobody could be reached.</param>
/// <param name="ReasonPhrase">Its words.</param>
/// <param name="RetryAfter">Seconds after which another try makes sense, as the callee wrote them; null when it did not.</param>
public sealed record DialOutcome(int StatusCode, string ReasonPhrase, string? RetryAfter);
