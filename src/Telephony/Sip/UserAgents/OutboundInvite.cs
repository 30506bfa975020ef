using Telephony.Sip.Messages;
using Telephony.Sip.Transport;
using Telephony.Trunks;

namespace Telephony.Sip.UserAgents;

/// <summary>Whom an INVITE of ours calls, as whom, and by which way.</summary>
/// <param name="RequestUri">Whom.</param>
/// <param name="From">As whom, without a tag.</param>
/// <param name="Flow">The way to the first server.</param>
/// <param name="Offer">Our session description.</param>
internal sealed record OutboundInvite(SipUri RequestUri, NameAddress From, SipFlow Flow, ReadOnlyMemory<byte> Offer)
{
    /// <summary>The Call-ID header.</summary>
    public required string SipCallId { get; init; }

    /// <summary>User part of our Contact, or null.</summary>
    public string? LocalUser { get; init; }

    /// <summary>How long it may ring until we give up; no limit but the callee's when it is infinite.</summary>
    public TimeSpan RingTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a server may say nothing at all until we give it up; as long as a transaction lives when it is infinite.</summary>
    public TimeSpan ResponseTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>What challenges of the server are answered with, or null.</summary>
    public ServerAccount? Account { get; init; }

    /// <summary>The trunk that it goes by; null for none.</summary>
    public Trunk? Trunk { get; init; }

    /// <summary>Whether the callee may have us call somebody else, where the policy lets it.</summary>
    public bool MayRefer { get; init; } = true;

    /// <summary>Further headers.</summary>
    public IReadOnlyList<SipHeader> Headers { get; init; } = [];
}
