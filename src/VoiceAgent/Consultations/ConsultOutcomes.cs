using System.Globalization;
using Telephony.Calls;

namespace VoiceAgent.Consultations;

/// <summary>What the line says of the call to a person, in the words of the record.</summary>
internal static class ConsultOutcomes
{
    /// <summary>Of a call that was not even tried.</summary>
    public static ConsultOutcome Of(DialRefusal why) => why switch
    {
        DialRefusal.NotAllowed or DialRefusal.TooMany or DialRefusal.TooManyToNumber => new(ConsultEnd.NotAllowed, $"{why}"),
        DialRefusal.NoRoute => new(ConsultEnd.NotReachable, $"{why}"),
        _ => new(ConsultEnd.Failed, $"{why}"),
    };

    /// <summary>Of a call that nobody answered.</summary>
    public static ConsultOutcome Of(PersonGone gone)
    {
        var status = gone.StatusCode?.ToString(CultureInfo.InvariantCulture) ?? "";
        return gone.Reason switch
        {
            CallEndReason.Busy => new(ConsultEnd.Busy, status),
            CallEndReason.NoAnswer => new(ConsultEnd.NoAnswer, status),
            CallEndReason.Declined => new(ConsultEnd.Refused, status),
            CallEndReason.NotReachable => new(ConsultEnd.NotReachable, status),
            _ => new(ConsultEnd.Failed, $"{gone.Reason}"),
        };
    }
}
