using System.Text.Json.Serialization;
using GeminiLive;

namespace VoiceAgent.Consultations;

/// <summary>What became of a try to hand a caller to a person who is asked first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConsultEnd>))]
public enum ConsultEnd
{
    /// <summary>The person took the call, and both were joined.</summary>
    Joined,

    /// <summary>The person was busy.</summary>
    Busy,

    /// <summary>Nobody answered in time, or was there.</summary>
    NoAnswer,

    /// <summary>The call to the person was refused.</summary>
    Refused,

    /// <summary>The person, or the machine that answered for them, did not take the caller.</summary>
    Declined,

    /// <summary>No server took the call to the person.</summary>
    NotReachable,

    /// <summary><c>Telephony:Outbound</c> did not let it be made.</summary>
    NotAllowed,

    /// <summary>The caller left, or the call came to its end, before the person had decided.</summary>
    GivenUp,

    /// <summary>The person could not be called or spoken to for a fault of ours or of the Live service.</summary>
    Failed,
}

/// <summary>How a try ended.</summary>
/// <param name="End">What became of it.</param>
/// <param name="Detail">More of it in a few words; may be empty.</param>
internal sealed record ConsultOutcome(ConsultEnd End, string Detail = "");

/// <summary>A try to hand the caller to a person who is asked first, as the record keeps it.</summary>
/// <param name="AtMs">When it began, in ms since admission.</param>
/// <param name="Name">Whom the configuration calls the target.</param>
/// <param name="End">What became of it.</param>
/// <param name="Detail">More of it in a few words; may be empty.</param>
/// <param name="AnsweredAfterMs">From its beginning to the person's answer, in ms; null when there was none.</param>
/// <param name="JoinedMs">For how long caller and person were joined, in ms; null when they were not.</param>
/// <param name="Usage">What the Live service billed for telling the person; null when nobody was called.</param>
public sealed record ConsultEntry(double AtMs, string Name, ConsultEnd End, string Detail, double? AnsweredAfterMs, double? JoinedMs, LiveUsageTotals? Usage);
