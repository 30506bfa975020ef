using Telephony.Calls;

namespace VoiceAgent.Calls;

/// <summary>Line events that change no state of the call by themselves.</summary>
internal enum LineEvent
{
    /// <summary>The telephone of whom we call rings.</summary>
    Ringing,

    /// <summary>Our 200 has gone out, or whom we called has answered.</summary>
    Answered,

    /// <summary>The first RTP packet of the caller has come.</summary>
    FirstAudio,

    /// <summary>Somebody else is at the other end from now on.</summary>
    HandedOver,
}

/// <summary>The line's reasons in the words of the record.</summary>
internal static class EndReasons
{
    /// <summary>Whether something went wrong, here, on the way or at the Live service: neither side has ended the call as it wanted to.</summary>
    public static bool IsFailure(EndReason reason) => reason is not (EndReason.CallerHungUp or EndReason.AgentHungUp or EndReason.Transferred or EndReason.Cancelled or EndReason.Busy
        or EndReason.NoAnswer or EndReason.GivenUp or EndReason.DurationLimit or EndReason.ServiceStopping);

    public static EndReason Of(CallEndReason reason) => reason switch
    {
        CallEndReason.CallerHungUp => EndReason.CallerHungUp,
        CallEndReason.AgentHungUp => EndReason.AgentHungUp,
        CallEndReason.Transferred => EndReason.Transferred,
        CallEndReason.Busy => EndReason.Busy,
        CallEndReason.NoAnswer => EndReason.NoAnswer,
        CallEndReason.Declined => EndReason.Declined,
        CallEndReason.NotReachable => EndReason.NotReachable,
        CallEndReason.GivenUp => EndReason.GivenUp,
        CallEndReason.Cancelled => EndReason.Cancelled,
        CallEndReason.Rejected => EndReason.Unavailable,
        CallEndReason.NoPrack => EndReason.RingingNotConfirmed,
        CallEndReason.NoAck => EndReason.NotAcknowledged,
        CallEndReason.NotAcceptable => EndReason.NoCommonCodec,
        CallEndReason.MediaTimeout => EndReason.CallerSilent,
        CallEndReason.SessionLost => EndReason.SessionLost,
        CallEndReason.TransportFailed => EndReason.TransportFailed,
        CallEndReason.MediaFailed => EndReason.MediaFailed,
        _ => EndReason.InternalError,
    };
}
