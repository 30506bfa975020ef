namespace Telephony.Sip.UserAgents;

/// <summary>How far the call of a dialog is.</summary>
internal enum DialogPhase
{
    /// <summary>No 2xx yet.</summary>
    Early,

    /// <summary>We sent a 2xx; no ACK yet.</summary>
    Answered,

    /// <summary>The call stands.</summary>
    Confirmed,

    /// <summary>Our BYE is on its way.</summary>
    Ending,

    /// <summary>Over.</summary>
    Ended,
}
