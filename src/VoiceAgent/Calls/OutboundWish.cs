namespace VoiceAgent.Calls;

/// <summary>A call that somebody who may has asked for.</summary>
/// <param name="Target">Whom to call: a number, or a <c>sip:</c>, <c>sips:</c> or <c>tel:</c> URI.</param>
/// <param name="Agent">Name of the agent that speaks; null for the default one.</param>
/// <param name="Trunk">Trunk to call by; null for the only one.</param>
/// <param name="RingTimeout">How long it may ring.</param>
/// <param name="Metadata">What the agent is told for this call.</param>
/// <param name="Callback">Where its progress is told; null for nowhere.</param>
/// <param name="CalleeIsVerified">Whether tools may take whoever answers for the holder of the number.</param>
internal sealed record OutboundWish(
    string Target, string? Agent, string? Trunk, TimeSpan RingTimeout, IReadOnlyDictionary<string, string> Metadata, Uri? Callback, bool CalleeIsVerified);
