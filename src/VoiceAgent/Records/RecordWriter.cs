using System.Collections.Concurrent;
using System.Data.Common;
using Storage;
using VoiceAgent.Calls;

namespace VoiceAgent.Records;

/// <summary>Keeps all calls in the database: the calls' loops tell what is new, a loop of its own writes it, all calls of a quarter of a second in one transaction.</summary>
/// <remarks>
/// What calls do costs them no more than a few moves of memory, whatever the disk does. What cannot be written waits, within a bound, and is tried again;
/// what finds no room is lost and counted. A process that is killed has lost at most half a second.
/// </remarks>
internal sealed class RecordWriter : ICallObserver, IHostedService, IAsyncDisposable
{
    private const int CallsAtOnce = 200;
    private const long MaxBytes = 64 * 1024 * 1024;
    private const long Reserve = MaxBytes / 4;

    /// <summary>How long news waits to be written together.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UpkeepPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan UpkeepRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(5);

    private static int _writers;

    private readonly Database _database;
    private readonly string _instance;
    private readonly RecordOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RecordWriter> _logger;
    private readonly RecordStatements _statements;
    private readonly ConcurrentDictionary<CallRecord, RecordCursor> _cursors = new();
    private readonly PendingCalls _pending;
    private readonly OpenWordsRow _words = new();
    private readonly long _reserve;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private RecordHealth _health = new(null, null, 0, 0);
    private DateTimeOffset? _loggedAt;
    private DateTimeOffset? _keptUpAt;
    private volatile bool _isPrepared;
    private int _most = CallsAtOnce;
    private long _lost;

    /// <param name="database">Where; shared.</param>
    /// <param name="instance">Name of this service among those that share the database.</param>
    /// <param name="options">For how long.</param>
    /// <param name="time">The service's clock.</param>
    /// <param name="logger">Where outages are told.</param>
    /// <param name="maxBytes">About how much memory may wait, in bytes.</param>
    /// <param name="reserve">How much more for the ends of calls without their parts, in bytes.</param>
    public RecordWriter(
        Database database, string instance, RecordOptions options, TimeProvider time, ILogger<RecordWriter> logger, long maxBytes = MaxBytes, long reserve = Reserve)
    {
        _reserve = reserve;
        (_database, _instance, _options, _time, _logger) = (database, instance, options, time, logger);
        _pending = new PendingCalls(maxBytes);
        Process = $"{ProcessMark.Own} {Interlocked.Increment(ref _writers)}";
        _statements = new RecordStatements(database.Provider, instance, Process);
    }

    /// <summary>What tells this service from every other, also from itself before a restart: whose open calls are whose.</summary>
    public string Process { get; }

    /// <summary>Whether records are being written, and what waits; any thread.</summary>
    public RecordHealth Health => Volatile.Read(ref _health) with { Waiting = _pending.Count, Lost = Interlocked.Read(ref _lost) };

    /// <summary>Keys of the calls whose end is not kept yet: they run, or wait to be written; any thread.</summary>
    public IReadOnlySet<string> Unfinished()
    {
        // A call is waiting before it runs no longer.
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (var (_, cursor) in _cursors)
            keys.Add(cursor.Key);
        keys.UnionWith(_pending.Keys);
        return keys;
    }

    /// <inheritdoc/>
    public void OnStarted(CallRecord record) => Note(record);

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry) => Note(record);

    /// <inheritdoc/>
    public void OnWords(CallRecord record)
    {
        // The writer's loop looks for the words itself; other entries may have come without a step of the timeline.
        if (CursorOf(record).HasNews)
            Note(record, withHead: false);
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record)
    {
        var whole = new RecordCursor(record).News();
        whole.IsOver = true;
        if (!_pending.TryAdd(whole) && !_pending.TryAdd(new PendingCall(whole.Key, record) { Head = whole.Head, AnsweredMs = whole.AnsweredMs, IsOver = true, IsCut = true }, _reserve))
            Interlocked.Increment(ref _lost);
        _cursors.TryRemove(record, out _);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Makes the tables, for whoever uses them before any call does.</summary>
    /// <exception cref="DbException">The database does not take it.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (_isPrepared || !_options.Enabled)
            return;
        await _database.MigrateAsync(RecordSchema.Component, RecordSchema.Migrations, cancellation);
        _isPrepared = true;
    }

    /// <summary>Closes some of the calls that another service has left open, which is known to be gone; should it be there after all, it opens them again by going on.</summary>
    /// <param name="connection">In a transaction, which whoever comes back waits for; after <see cref="PrepareAsync"/>.</param>
    /// <param name="process">Its <see cref="Process"/>.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether none is left.</returns>
    /// <exception cref="DbException">The database does not take it.</exception>
    public async Task<bool> CloseSomeOfAsync(DbConnection connection, string process, CancellationToken cancellation)
    {
        if (!_options.Enabled)
            return true;
        var closed = await RecordUpkeep.CloseSomeOfAsync(connection, process, cancellation);
        if (closed > 0)
            _logger.Closed(closed);
        return closed < RecordUpkeep.OfOneAtOnce;
    }

    /// <summary>Writes what waits, as far as the database takes it within a few seconds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAny(_loop, Task.Delay(LastTry, _time, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await StopAsync(CancellationToken.None);
        if (_loop.IsCompleted)
            _stopping.Dispose();
    }

    private void Note(CallRecord record, bool withHead = true)
    {
        var cursor = CursorOf(record);
        if (_pending.TryAdd(cursor.News(withHead)))
            cursor.Taken();   // else it is still in the record, and new the next time
    }

    private RecordCursor CursorOf(CallRecord record) => _cursors.GetOrAdd(record, static record => new RecordCursor(record));

    private async Task RunAsync()
    {
        var isLast = false;
        while (!isLast)
        {
            isLast = _stopping.IsCancellationRequested;
            var isWell = await WriteAllAsync();
            if (!isLast)
                await PauseAsync(isWell ? Period : RetryAfter);
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // What waits is written once more.
        }
    }

    /// <returns>False when the database does not take it now.</returns>
    private async Task<bool> WriteAllAsync()
    {
        try
        {
            await PrepareAsync(CancellationToken.None);
            // Before what waits is taken: words that become a turn meanwhile are kept twice then, and not lost.
            _words.Read(_cursors);
            while (_pending.Take(_most) is { Count: > 0 } calls)
                await WriteAsync(calls, withWords: calls.Count < _most);
            if (_words.IsNew)
                await WriteAsync([], withWords: true);
            Recovered();
        }
#pragma warning disable CA1031 // the loop's catch-all: whatever the database's driver throws, records are written again once it is over
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failed(failure.Message);
            return false;
        }
        await TryKeepUpAsync();
        return true;
    }

    // By itself: what cannot be tidied must not keep calls from being written.
    private async Task TryKeepUpAsync()
    {
        try
        {
            await KeepUpAsync();
        }
#pragma warning disable CA1031 // likewise
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _keptUpAt = _time.GetUtcNow() - UpkeepPeriod + UpkeepRetry;
            _logger.NotKeptUp(_database.Place, failure.Message);
        }
    }

    private async Task WriteAsync(List<PendingCall> calls, bool withWords)
    {
        try
        {
            await _database.TransactAsync((connection, cancellation) => _statements.WriteAsync(connection, calls, withWords && _words.IsNew ? _words : null, cancellation), CancellationToken.None);
            _pending.Release(calls);
            if (withWords)
                _words.Written();
            _most = Math.Min(_most * 2, CallsAtOnce);
        }
        catch (DbException)
        {
            _pending.PutBack(calls);
            _most = 1;   // one that the database will never take must not keep the others back
            throw;
        }
#pragma warning disable CA1031 // the loop's catch-all: what cannot be written for a bug is given up, and the loop goes on
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _pending.Release(calls);
            _words.Written();
            Interlocked.Add(ref _lost, calls.Count);
            _logger.BatchFault(calls.Count, bug);
        }
    }

    /// <summary>At the start and every hour: calls left open, old calls; of many a part each time, so that running calls do not wait to be written.</summary>
    private async Task KeepUpAsync()
    {
        var now = _time.GetUtcNow();
        if (now - _keptUpAt < UpkeepPeriod)
            return;
        var closed = await _database.TransactAsync(new RecordUpkeep(_instance, now, _database.MayStillWrite).CloseAsync, CancellationToken.None);
        if (closed > 0)
            _logger.Closed(closed);
        var before = now.AddDays(-_options.RetentionDays);
        var forgotten = await _database.TransactAsync((connection, cancellation) => RecordUpkeep.ForgetAsync(connection, before, cancellation), CancellationToken.None);
        if (forgotten > 0)
            _logger.Forgotten(forgotten);
        if (closed < RecordUpkeep.AtOnce && forgotten < RecordUpkeep.AtOnce)
            _keptUpAt = now;
    }

    private void Failed(string problem)
    {
        var now = _time.GetUtcNow();
        var health = Volatile.Read(ref _health);
        Volatile.Write(ref _health, health with { Problem = problem, Since = health.Since ?? now });
        if (now - _loggedAt < LogPeriod)
            return;
        _loggedAt = now;
        _logger.NotWritten(_database.Place, problem, _pending.Count, Interlocked.Read(ref _lost));
    }

    private void Recovered()
    {
        if (Volatile.Read(ref _health).Problem is null)
            return;
        Volatile.Write(ref _health, new RecordHealth(null, null, 0, 0));
        _loggedAt = null;
        _logger.WrittenAgain(Interlocked.Read(ref _lost));
    }
}

/// <summary>How the keeping of records goes.</summary>
/// <param name="Problem">Why nothing can be written now; null when all is well.</param>
/// <param name="Since">Since when.</param>
/// <param name="Waiting">Calls of which something waits to be written.</param>
/// <param name="Lost">Calls that were lost since the start.</param>
internal sealed record RecordHealth(string? Problem, DateTimeOffset? Since, int Waiting, long Lost);
