using System.Data.Common;
using Storage;
using Tools.Invocation;
using Tools.Ledger;

namespace VoiceAgent.Hosting;

/// <summary>The ledger of the service's database, opened when it is first needed: a service without tools needs no database.</summary>
/// <remarks>Any thread. As long as the database does not answer, tools with side effects are refused, and it is tried again at most every few seconds.</remarks>
internal sealed class ToolLedger(Database database, DatabaseOptions options, TimeProvider time, ILogger<DatabaseLedger> logger) : IToolLedger, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly DatabaseLedger _ledger = new(database, options.InstanceName, time, logger, options.RetentionDays);
    private readonly SemaphoreSlim _gate = new(1);
    private volatile bool _isOpen;
    private long _retryAtTicks;   // UTC
    private int _isDisposed;

    /// <summary>Entries whose end nobody knows.</summary>
    public int UnknownEntries => _ledger.UnknownEntries;

    /// <summary>Writes that failed or were refused since the start.</summary>
    public long FailedWrites => _ledger.FailedWrites;

    /// <summary>Opens it now.</summary>
    /// <exception cref="DbException">The database cannot be used.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_isOpen)
                return;
            await _ledger.StartAsync(cancellation);
            _isOpen = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IntendAsync(LedgerIntent intent, CancellationToken cancellation) =>
        (_isOpen || await TryOpenAsync(cancellation)) && await _ledger.IntendAsync(intent, cancellation);

    /// <inheritdoc/>
    public ValueTask<bool> ConcludeAsync(string key, ToolOutcome outcome, string result, string note) => _ledger.ConcludeAsync(key, outcome, result, note);

    /// <inheritdoc/>
    public void Delivered(string key) => _ledger.Delivered(key);

    /// <inheritdoc/>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<IReadOnlyList<LedgerEntry>> ListAsync(LedgerQuery query, CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        return await _ledger.ListAsync(query, cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="DbException">The database does not answer.</exception>
    public async Task<bool> SettleAsync(string key, bool wasDone, string note, CancellationToken cancellation)
    {
        await OpenAsync(cancellation);
        return await _ledger.SettleAsync(key, wasDone, note, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)   // the container has it under two names
            await _ledger.DisposeAsync();
    }

    private async Task<bool> TryOpenAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow().Ticks < Interlocked.Read(ref _retryAtTicks))
            return false;
        try
        {
            await OpenAsync(cancellation);
            return true;
        }
        catch (DbException failure)
        {
            Interlocked.Exchange(ref _retryAtTicks, (time.GetUtcNow() + RetryAfter).Ticks);
            logger.LedgerClosed(failure.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
