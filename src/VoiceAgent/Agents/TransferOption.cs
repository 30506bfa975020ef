namespace VoiceAgent.Agents;

/// <summary>Somebody to whom an agent may hand a caller.</summary>
public sealed class TransferOption
{
    /// <summary>Shortest <see cref="RingTimeout"/>.</summary>
    internal static readonly TimeSpan ShortestRing = TimeSpan.FromSeconds(5);

    /// <summary>Longest <see cref="RingTimeout"/>: the caller waits meanwhile.</summary>
    internal static readonly TimeSpan LongestRing = TimeSpan.FromMinutes(2);

    /// <summary>Number, or <c>sip:</c>, <c>sips:</c> or <c>tel:</c> URI.</summary>
    public string Target { get; init; } = "";

    /// <summary>When the model shall choose it, such as <c>orders and prices</c>; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>How the caller gets there.</summary>
    public TransferMode Mode { get; init; } = TransferMode.Blind;

    /// <summary>Trunk that an <see cref="TransferMode.Attended"/> transfer calls by; null for the one trunk that has a server, and for a SIP URI without any.</summary>
    public string? Trunk { get; init; }

    /// <summary>How long it may ring there before the caller is back with the agent, in an <see cref="TransferMode.Attended"/> transfer.</summary>
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How a caller is handed to somebody else.</summary>
public enum TransferMode
{
    /// <summary>The caller's device is asked to call them (REFER); our part then ends.</summary>
    Blind,

    /// <summary>We call them, tell them what it is about, and join both calls if they take it.</summary>
    Attended,
}
