namespace Telephony.Calls;

/// <summary>Why a call is over, as signalling and media see it: the closed list that <see cref="ICallListener.OnEnded"/> gives exactly once.</summary>
public enum CallEndReason
{
    /// <summary>The caller sent BYE.</summary>
    CallerHungUp,

    /// <summary>We sent BYE because <see cref="Call.HangUp"/> asked for it.</summary>
    AgentHungUp,

    /// <summary>The caller's device took <see cref="Call.Transfer"/> up and talks to somebody else now.</summary>
    Transferred,

    /// <summary>The caller sent CANCEL before the call was answered.</summary>
    Cancelled,

    /// <summary>We refused the call before it was answered.</summary>
    Rejected,

    /// <summary>We gave up a call of ours before it was answered.</summary>
    GivenUp,

    /// <summary>The callee of our call is busy (486, 600).</summary>
    Busy,

    /// <summary>Our call rang and was not answered in time, or the callee is not there (408, 480).</summary>
    NoAnswer,

    /// <summary>Our call was refused with another status; <see cref="Call.Refusal"/> has it.</summary>
    Declined,

    /// <summary>No server took our call.</summary>
    NotReachable,

    /// <summary>No ACK of our 200 came within 64*T1 (RFC 3261 section 13.3.1.4); BYE has been sent.</summary>
    NoAck,

    /// <summary>No PRACK of our ringing came within 64*T1 (RFC 3262 section 3); 504 has been sent.</summary>
    NoPrack,

    /// <summary>Offer and answer did not lead to a codec that both sides speak.</summary>
    NotAcceptable,

    /// <summary>No RTP came from the caller for too long; BYE has been sent.</summary>
    MediaTimeout,

    /// <summary>The caller's side did not know the call any more, the session was not refreshed in time (RFC 4028), or it refused to be taken back from hold; BYE has been sent.</summary>
    SessionLost,

    /// <summary>The caller could not be reached any more: the connection broke and none could be opened.</summary>
    TransportFailed,

    /// <summary>No RTP port was free, or the media session could not be started.</summary>
    MediaFailed,
}

/// <summary>How a DTMF digit came.</summary>
public enum DigitSource
{
    /// <summary>As a telephone-event in RTP (RFC 4733).</summary>
    Rtp,

    /// <summary>In a SIP INFO with application/dtmf-relay or application/dtmf.</summary>
    Info,

    /// <summary>As tones in the audio, from a device that offered no telephone-event.</summary>
    Tone,
}
