using System.Text.Json.Serialization;

namespace VoiceAgent.Calls;

/// <summary>How a call that we make stands, as <c>GET /calls/{id}</c> and callbacks say it.</summary>
internal sealed record OutboundStatus
{
    /// <summary>Our id of the call.</summary>
    public required string Id { get; init; }

    /// <summary>How far it is.</summary>
    public required OutboundState State { get; init; }

    /// <summary>Number or user that is called.</summary>
    public required string Number { get; init; }

    /// <summary>Name of the agent.</summary>
    public required string Agent { get; init; }

    /// <summary>Name of the trunk; null for none.</summary>
    public string? Trunk { get; init; }

    /// <summary>When the INVITE was sent.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What became of it; null while it is open.</summary>
    public DialResult? Result { get; init; }

    /// <summary>SIP status of the refusal; null when there was none.</summary>
    public int? SipStatus { get; init; }

    /// <summary>Who answered, by all signs together; null while there are none.</summary>
    public AnsweredBy? AnsweredBy { get; init; }

    /// <summary>The signs of that, in order; null while there are none.</summary>
    public IReadOnlyList<AnswerHint>? AnswerHints { get; init; }

    /// <summary>From the INVITE to the answer, in ms; null when there is none.</summary>
    public double? AnsweredAfterMs { get; init; }

    /// <summary>From the INVITE to the end, in ms; null while it runs.</summary>
    public double? DurationMs { get; init; }

    /// <summary>Why it ended; null while it runs.</summary>
    public EndReason? EndReason { get; init; }

    /// <summary>Reads a record; only on the call's loop while the call runs.</summary>
    public static OutboundStatus Of(CallRecord record, bool isOver) => new()
    {
        Id = record.CallId,
        State = isOver ? OutboundState.Ended
            : record.AnsweredAfterMs is not null ? OutboundState.Answered
            : record.HasRung ? OutboundState.Ringing
            : OutboundState.Dialling,
        Number = record.DialledNumber,
        Agent = record.Agent,
        Trunk = record.Trunk,
        StartedAt = record.StartedAt,
        Result = isOver ? record.Result : record.AnsweredAfterMs is null ? null : DialResult.Answered,
        SipStatus = record.RefusalStatus,
        AnsweredBy = record.AnsweredBy,
        AnswerHints = record.AnswerHints.Count > 0 ? [.. record.AnswerHints] : null,
        AnsweredAfterMs = record.AnsweredAfterMs,
        DurationMs = isOver ? record.DurationMs : null,
        EndReason = isOver ? record.EndReason : null,
    };
}

/// <summary>How far a call is that we make.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OutboundState>))]
internal enum OutboundState
{
    /// <summary>The INVITE is on its way.</summary>
    Dialling,

    /// <summary>It rings.</summary>
    Ringing,

    /// <summary>Somebody has answered.</summary>
    Answered,

    /// <summary>It is over.</summary>
    Ended,
}
