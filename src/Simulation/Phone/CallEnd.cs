namespace Simulation.Phone;

/// <summary>Who or what ended a simulated call.</summary>
public enum EndedBy
{
    /// <summary>The caller sent BYE.</summary>
    Caller,

    /// <summary>The agent sent BYE.</summary>
    Agent,

    /// <summary>The INVITE got a final answer other than 2xx; challenges for credentials count as that.</summary>
    Refused,

    /// <summary>The caller sent CANCEL before the answer.</summary>
    Cancelled,

    /// <summary>Nothing came back for 64 times T1, or the answer could not be understood.</summary>
    NoAnswer,

    /// <summary>The network refused: address not resolved, connection refused or lost.</summary>
    TransportFailed,
}

/// <summary>How a simulated call ended.</summary>
/// <param name="By">Who ended it.</param>
/// <param name="StatusCode">The SIP status that goes with it: of the refusal, of the answer to our BYE, 487 for CANCEL; 0 when there was none.</param>
/// <param name="Reason">Reason phrase, Reason header or a short explanation.</param>
/// <param name="At">Time since the call was dialled.</param>
public sealed record CallEnd(EndedBy By, int StatusCode, string Reason, TimeSpan At);

/// <summary>Where a simulated call is.</summary>
public enum CallerState
{
    /// <summary>The INVITE is out; at most 100 has come back.</summary>
    Dialling,

    /// <summary>180 or 183 has come back.</summary>
    Ringing,

    /// <summary>Answered and acknowledged.</summary>
    Talking,

    /// <summary>The caller has put the agent on hold.</summary>
    Holding,

    /// <summary>Over; <see cref="SimulatedCaller.End"/> says how.</summary>
    Ended,
}
