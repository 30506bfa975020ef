using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Which calls are looked for; what is null or empty does not matter.</summary>
internal sealed record CallQuery
{
    /// <summary>Most that are given at once.</summary>
    public const int MaxLimit = 1_000;

    /// <summary>Began then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Began before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Part of the number of the caller, or of the one that was dialled.</summary>
    public string? Number { get; init; }

    /// <summary>Name of the agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Name of the trunk.</summary>
    public string? Trunk { get; init; }

    /// <summary>Name of the service among those that share the database.</summary>
    public string? Instance { get; init; }

    /// <summary>Who called whom.</summary>
    public CallDirection? Direction { get; init; }

    /// <summary>Why it ended.</summary>
    public EndReason? EndReason { get; init; }

    /// <summary>Whether it still runs.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>Words that were said, in that order, large or small letters.</summary>
    public string? Text { get; init; }

    /// <summary>Callers waited in silence for at least so long at a stretch; only calls that are over.</summary>
    public TimeSpan? MinDeadAir { get; init; }

    /// <summary>True gives the oldest first.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>Goes on after this one: <see cref="CallSummary.Key"/> of the last call given before.</summary>
    public string? After { get; init; }

    /// <summary>How many at most, 1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A call as a list shows it.</summary>
/// <param name="Key">Its place in the order of all calls.</param>
/// <param name="CallId">Its id.</param>
/// <param name="Instance">Name of the service that had it.</param>
/// <param name="Direction">Who called whom.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Caller">Number of the caller; empty when not known.</param>
/// <param name="Dialled">Number that was dialled.</param>
/// <param name="Trunk">Name of the trunk; empty for none.</param>
/// <param name="Agent">Name of the agent.</param>
/// <param name="AnsweredMs">From its begin to the answer, in ms; null when there was none.</param>
/// <param name="DurationMs">From its begin to its end, in ms; null while it runs.</param>
/// <param name="EndReason">Why it ended, a name of <see cref="Calls.EndReason"/>; null while it runs.</param>
/// <param name="Mos">Mean opinion score of the caller's audio; null when there was none.</param>
internal sealed record CallSummary(
    string Key, string CallId, string Instance, string Direction, DateTimeOffset StartedAt, string Caller, string Dialled, string Trunk, string Agent,
    double? AnsweredMs, double? DurationMs, string? EndReason, double? Mos);

/// <summary>A call with all that is known of it.</summary>
/// <param name="Summary">As a list shows it.</param>
/// <param name="Json">Its record, on one line; of a running call as far as it is written.</param>
internal sealed record StoredCall(CallSummary Summary, string Json)
{
    /// <summary>Its record; null where another version of this program has written what this one does not know.</summary>
    public CallRecord? Record => RecordParts.Read(Json);
}
