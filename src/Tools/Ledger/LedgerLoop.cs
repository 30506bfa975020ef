using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Storage;

namespace Tools.Ledger;

/// <summary>Writes the ledger: takes what waits, writes it in one transaction, and tells each who asked when it is on disk.</summary>
/// <remarks>One loop, one writer: the disk's wait is shared by all who ask meanwhile. Full queue: refused at once. What fails is tried again later, in order, so that
/// a result outlives an outage of the database as long as the process does.</remarks>
internal sealed class LedgerLoop : IAsyncDisposable
{
    public const int MaxWaiting = 4096;
    private const int MaxBatch = 256;
    private const int MaxLate = 16_384;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly Database _database;
    private readonly ILogger _logger;
    private readonly Channel<LedgerWrite?> _waiting = Channel.CreateBounded<LedgerWrite?>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ConcurrentQueue<LedgerWrite> _late = new();
    private readonly ITimer _retry;
    private readonly Task _loop;
    private bool _isDown;
    private long _failed;
    private int _unknown;

    public LedgerLoop(Database database, TimeProvider time, ILogger logger)
    {
        _database = database;
        _logger = logger;
        _retry = time.CreateTimer(_ => _waiting.Writer.TryWrite(null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Writes that failed or were refused, so far.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Entries whose end nobody knows, as of the last conclusion that was written.</summary>
    public int Unknown
    {
        get => Volatile.Read(ref _unknown);
        set => Volatile.Write(ref _unknown, value);
    }

    /// <summary>Queues a line; any thread.</summary>
    public Task<bool> WriteAsync(LedgerWrite write)
    {
        if (_waiting.Writer.TryWrite(write))
            return write.Written;
        Refuse(write);
        return write.Written;
    }

    /// <summary>Writes what is queued, once more what has failed, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        await _retry.DisposeAsync();
        if (!_late.IsEmpty)
            await WriteBatchAsync([.. Late()]);
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            List<LedgerWrite> batch = [.. Late()];
            var most = batch.Count + MaxBatch;
            while (batch.Count < most && _waiting.Reader.TryRead(out var write))
            {
                if (write is not null)
                    batch.Add(write);
            }
            await WriteBatchAsync(batch);
        }
    }

    private IEnumerable<LedgerWrite> Late()
    {
        while (_late.TryDequeue(out var write))
            yield return write;
    }

    private async Task WriteBatchAsync(List<LedgerWrite> batch)
    {
        try
        {
            Unknown = await _database.TransactAsync((connection, cancellation) => RunAsync(batch, connection, cancellation), CancellationToken.None);
            RunsAgain();
            batch.ForEach(write => write.Committed());
        }
        catch (DbException failure)
        {
            Fail(batch, failure.Message);
        }
#pragma warning disable CA1031 // the loop's catch-all: whatever a driver throws, those who wait are told
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _logger.BatchFault(bug);   // and not tried again: it would fail every batch from now on
            batch.ForEach(write => write.Failed());
        }
    }

    private static async Task<int> RunAsync(List<LedgerWrite> batch, DbConnection connection, CancellationToken cancellation)
    {
        foreach (var write in batch)
            await write.RunAsync(connection, cancellation);
        return await LedgerQueries.CountUnknownAsync(connection, cancellation);
    }

    private void RunsAgain()
    {
        if (_isDown)
            _logger.WritableAgain(Failed);
        _isDown = false;
        if (!_late.IsEmpty)
            _waiting.Writer.TryWrite(null);
    }

    private void Fail(List<LedgerWrite> batch, string reason)
    {
        if (!_isDown)
            _logger.NotWritable(_database.Place, reason);
        _isDown = true;
        batch.ForEach(Refuse);
        _retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
    }

    private void Refuse(LedgerWrite write)
    {
        Interlocked.Increment(ref _failed);
        if (write.Later is { } later && _late.Count < MaxLate)
            _late.Enqueue(later);
        write.Failed();
    }
}
