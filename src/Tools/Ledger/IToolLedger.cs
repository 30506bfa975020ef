using Tools.Invocation;

namespace Tools.Ledger;

/// <summary>The book of what tools with side effects were about to do and did: the intent is written before the work, the result before it is sent.</summary>
/// <remarks>Any thread. An entry that has no result after a crash is listed as <see cref="ToolOutcome.Unknown"/>.</remarks>
public interface IToolLedger
{
    /// <summary>Writes that a tool is about to act; on disk when it returns.</summary>
    /// <param name="intent">What.</param>
    /// <param name="cancellation">Ends the wait, with false; should the intent be on disk all the same, the ledger itself concludes it as never run.</param>
    /// <returns>False when that could not be written, or the key is there already: the tool must not run.</returns>
    ValueTask<bool> IntendAsync(LedgerIntent intent, CancellationToken cancellation);

    /// <summary>Writes what became of it; on disk when it returns.</summary>
    /// <param name="key">Key of the intent.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="result">The result as JSON, redacted; empty for none.</param>
    /// <param name="note">What an operator should know; empty for nothing.</param>
    /// <returns>False when that could not be written.</returns>
    ValueTask<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note);

    /// <summary>Notes that the result was handed to the model; lost without harm.</summary>
    void Delivered(string key);

    /// <summary>Entries for an operator, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="cancellation">Ends the search.</param>
    Task<IReadOnlyList<LedgerEntry>> ListAsync(LedgerQuery query, CancellationToken cancellation);

    /// <summary>An operator has found out what became of an unknown entry.</summary>
    /// <returns>False when there is no such entry.</returns>
    Task<bool> SettleAsync(string key, bool wasDone, string note, CancellationToken cancellation);
}

/// <summary>What a tool is about to do.</summary>
/// <param name="Key">Idempotency key.</param>
/// <param name="CallId">Our id of the call.</param>
/// <param name="Tool">Name of the tool.</param>
/// <param name="Arguments">JSON, redacted.</param>
public sealed record LedgerIntent(string Key, string CallId, string Tool, string Arguments);

/// <summary>One line of the ledger.</summary>
public sealed record LedgerEntry
{
    /// <summary>Idempotency key.</summary>
    public required string Key { get; init; }

    /// <summary>Our id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>Name of the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>JSON, redacted.</summary>
    public required string Arguments { get; init; }

    /// <summary>When the intent was written, UTC.</summary>
    public required DateTimeOffset IntendedAt { get; init; }

    /// <summary>When the result was written, UTC; null while there is none.</summary>
    public DateTimeOffset? ConcludedAt { get; init; }

    /// <summary>How it ended; <see cref="ToolOutcome.Running"/> while a living process works on it.</summary>
    public ToolOutcome Outcome { get; init; }

    /// <summary>The result as JSON, redacted; empty for none.</summary>
    public string Result { get; init; } = "";

    /// <summary>When the result was handed to the model, UTC; null when it was not.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>What an operator should know; empty for nothing.</summary>
    public string Note { get; init; } = "";
}

/// <summary>Which entries of the ledger.</summary>
/// <param name="CallId">Those of one call; null for all.</param>
/// <param name="OnlyUnknown">Those that nobody knows the end of.</param>
/// <param name="Limit">At most so many.</param>
public sealed record LedgerQuery(string? CallId = null, bool OnlyUnknown = false, int Limit = 100);
