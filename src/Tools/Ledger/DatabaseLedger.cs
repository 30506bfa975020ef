using System.Data.Common;
using Storage;
using Tools.Invocation;

namespace Tools.Ledger;

/// <summary>The ledger in the service's database.</summary>
/// <remarks>Any thread; nobody waits for a disk on their own thread. Writes wait for each other's commit only (<see cref="LedgerLoop"/>). Disposed after the last call:
/// it writes what is queued, and leaves what is then still open as unknown.</remarks>
/// <param name="database">Where; shared.</param>
/// <param name="instance">Name of this service among those that share the database; the same after a restart.</param>
/// <param name="time">The service's clock.</param>
/// <param name="logger">Where outages and open entries are told.</param>
/// <param name="retentionDays">Days that concluded entries are kept (<see cref="DatabaseOptions.RetentionDays"/>).</param>
public sealed class DatabaseLedger(Database database, string instance, TimeProvider time, ILogger<DatabaseLedger> logger, int retentionDays = 90)
    : IToolLedger, IAsyncDisposable
{
    private const int ListedInLog = 10;
    private static readonly TimeSpan RecoveryPeriod = TimeSpan.FromHours(1);

    private static int _ledgers;

    private readonly string _process = $"{ProcessMark.Own} {Interlocked.Increment(ref _ledgers)}";
    private LedgerLoop? _loop;
    private ITimer? _recovery;

    /// <summary>Entries whose end nobody knows, in the whole database, as of the last conclusion that this service has written.</summary>
    public int UnknownEntries => _loop?.Unknown ?? 0;

    /// <summary>Writes that failed or were refused since the start.</summary>
    public long FailedWrites => _loop?.Failed ?? 0;

    /// <summary>Makes the ledger ready: schema, entries that an earlier process has left open, old entries; for both it looks again every hour. Before it everything is refused.</summary>
    /// <returns>How many entries have become unknown.</returns>
    /// <exception cref="DbException">The database cannot be used; may be called again.</exception>
    public async Task<int> StartAsync(CancellationToken cancellation)
    {
        await database.MigrateAsync(LedgerSchema.Component, LedgerSchema.Migrations, cancellation);
        var (findings, unknown) = await database.TransactAsync(
            async (connection, token) => (await Recovery().RunAsync(connection, token), await LedgerQueries.CountUnknownAsync(connection, token)), cancellation);
        _loop ??= new LedgerLoop(database, time, logger);
        _loop.Unknown = unknown;
        _recovery ??= time.CreateTimer(_ => _loop.WriteAsync(new RecoveryWrite(Recovery(), Report)), null, RecoveryPeriod, RecoveryPeriod);
        Report(findings);
        return findings.Left.Count;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IntendAsync(LedgerIntent intent, CancellationToken cancellation)
    {
        if (_loop is null)
            return false;
        var write = new IntentWrite(intent, instance, _process, Now());
        try
        {
            return await _loop.WriteAsync(write).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            _ = _loop.WriteAsync(write.NeverRun(ToolOutcome.Cancelled, "Cancelled before it ran."));   // behind the intent in the same queue
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note) =>
        _loop is not null && await _loop.WriteAsync(new ConclusionWrite(key, outcome, result, note, Now()));

    /// <inheritdoc/>
    public void Delivered(string key) => _loop?.WriteAsync(new DeliveryWrite(key, Now()));

    /// <inheritdoc/>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(LedgerQuery query, CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        return await LedgerQueries.ListAsync(connection, query, cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<bool> SettleAsync(string key, bool wasDone, string note, CancellationToken cancellation)
    {
        var (isSettled, unknown) = await database.TransactAsync(
            async (connection, token) =>
            {
                var rows = await connection.Command(
                    "UPDATE tool_ledger SET outcome = @outcome, note = @note, concluded_at = @at WHERE key = @key AND outcome = 'Unknown'",
                    ("outcome", (wasDone ? ToolOutcome.Succeeded : ToolOutcome.Failed).ToString()), ("note", note), ("at", Now()), ("key", key)).ExecuteAsync(token);
                return (rows > 0, await LedgerQueries.CountUnknownAsync(connection, token));
            },
            cancellation);
        if (_loop is not null)
            _loop.Unknown = unknown;
        return isSettled;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_loop is null)
            return;
        await _recovery!.DisposeAsync();
        await _loop.DisposeAsync();
        try
        {
            await database.TransactAsync((connection, cancellation) => LedgerRecovery.LeaveAsync(connection, _process, cancellation), CancellationToken.None);
        }
        catch (DbException)
        {
            // The next start finds them.
        }
    }

    private string Now() => DatabaseText.From(time.GetUtcNow());

    private LedgerRecovery Recovery() => new(instance, time.GetUtcNow(), retentionDays, database.MayStillWrite);

    private void Report(LedgerFindings findings)
    {
        var (left, old) = findings;
        if (left.Count > 0)
            logger.FoundUnknown(left.Count, string.Join("; ", left.Take(ListedInLog)) + (left.Count > ListedInLog ? "; ..." : ""));
        if (old > 0)
            logger.Forgotten(old);
    }
}
