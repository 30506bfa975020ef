namespace Telephony.Sip.UserAgents;

/// <summary>How the caller's device took our wish that it call somebody else.</summary>
public enum TransferEnd
{
    /// <summary>The other party answered, or the device hung up on us after it had agreed: it has taken over.</summary>
    Accepted,

    /// <summary>The device does not do it, or could not be asked.</summary>
    Refused,

    /// <summary>The device tried, and the other party refused or could not be reached.</summary>
    Failed,

    /// <summary>The device never answered our wish, or agreed and then told no result in time.</summary>
    TimedOut,
}

/// <summary>The end of one transfer, as told to whoever asked for it.</summary>
/// <param name="End">How it ended.</param>
/// <param name="StatusCode">The SIP status behind it: the device's, or the other party's as the device reports it; 408 and 503 also stand for no answer
/// and for no way to send (RFC 3261 section 8.1.3.1), 202 for a device that agreed and hung up, 403 also
/// for one that was not asked because <c>Telephony:Outbound</c> counts too many transfers.</param>
public readonly record struct TransferOutcome(TransferEnd End, int StatusCode);
