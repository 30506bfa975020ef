namespace Telephony.Sip.Identity;

/// <summary>Somebody who sent a call on before it reached us.</summary>
/// <param name="Number">Their number; null when they do not want it told.</param>
/// <param name="Reason">Why, in the words of RFC 5806: <c>unconditional</c>, <c>user-busy</c>, <c>no-answer</c>, <c>unavailable</c>, <c>deflection</c>, ...; <c>unknown</c> when not said.</param>
public sealed record Diversion(string? Number, string Reason);
