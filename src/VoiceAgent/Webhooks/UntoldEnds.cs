using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.Webhooks;

/// <summary>Sees to it that the end of every call that is kept is told: writes down what systems have taken, and has told again what they have not, also what a process has left that was killed.</summary>
/// <remarks>One loop, which calls never wait for. The records are the queue; at least once, and not at all where records are off or lost.</remarks>
internal sealed class UntoldEnds(Database database, string instance, CallWebhooks webhooks, ToldEnds told, TimeProvider time, ILogger<UntoldEnds> logger) : IHostedService, IAsyncDisposable
{
    private const int AtOnce = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(5);

    // What is older has been given up by whoever waited for it.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7);

    private readonly Rounds _rounds = new(time);
    private readonly CallArchive _archive = new(database);
    private Task _loop = Task.CompletedTask;
    private bool _isPrepared;
    private DateTimeOffset? _lookedAt;
    private DateTimeOffset? _loggedAt;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(() => _rounds.RunAsync(RoundAsync), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Writes down what was taken, as far as the database takes it within a few seconds.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _rounds.StopAsync();
        await Task.WhenAny(_loop, Task.Delay(LastTry, time, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        if (_loop.IsCompleted)
            _rounds.Dispose();
    }

    private async Task<TimeSpan> RoundAsync()
    {
        try
        {
            await PrepareAsync();
            await WriteDownAsync();
            if (!_rounds.IsStopping && !(time.GetUtcNow() - _lookedAt < LookPeriod))
                await LookAsync();
        }
#pragma warning disable CA1031 // the loop's catch-all: whatever the database's driver throws, it is tried again
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failed(failure.Message);
        }
        return Period;
    }

    private async Task PrepareAsync()
    {
        if (_isPrepared)
            return;
        await database.MigrateAsync(RecordSchema.Component, RecordSchema.Migrations, CancellationToken.None);
        await database.MigrateAsync(WebhookSchema.Component, WebhookSchema.Migrations, CancellationToken.None);
        await database.TransactAsync(async (connection, cancellation) =>
        {
            foreach (var target in webhooks.ToldOfEnds)
            {
                await connection.Command("INSERT INTO webhook_targets (target, since) VALUES (@target, @since) ON CONFLICT (target) DO NOTHING", ("target", target), ("since", DatabaseText.From(time.GetUtcNow())))
                    .ExecuteAsync(cancellation);
            }
            return true;
        }, CancellationToken.None);
        _isPrepared = true;
    }

    private async Task WriteDownAsync()
    {
        while (told.Concluded(AtOnce) is { Count: > 0 } ends)
        {
            await database.TransactAsync(async (connection, cancellation) =>
            {
                foreach (var (key, target) in ends)
                    await connection.Command("INSERT INTO webhook_told (call_key, target) VALUES (@key, @target) ON CONFLICT DO NOTHING", ("key", key), ("target", target)).ExecuteAsync(cancellation);
                return true;
            }, CancellationToken.None);
            told.Written(ends);
        }
    }

    private async Task LookAsync()
    {
        var now = time.GetUtcNow();
        var oldest = DatabaseText.From(now - Oldest);
        await database.TransactAsync((connection, cancellation) =>
            connection.Command("DELETE FROM webhook_told WHERE call_key < @oldest", ("oldest", oldest)).ExecuteAsync(cancellation), CancellationToken.None);
        foreach (var target in webhooks.ToldOfEnds)
            await LookAsync(target, oldest);
        _lookedAt = now;
    }

    private async Task LookAsync(string target, string oldest)
    {
        for (string? after = null; ;)
        {
            var page = await PageAsync(target, oldest, after ?? "");
            foreach (var key in page.Where(key => !told.IsKnown(key, target)))
            {
                if (_rounds.IsStopping)
                    return;
                var call = await _archive.GetAsync(key, CancellationToken.None);
                // Another version's record cannot be told of, and a young one is just being told.
                if (call?.Record is { } record && time.GetUtcNow() - EndOf(record) >= LookPeriod && !webhooks.TellEnd(target, record, EndOf(record)))
                    return;   // no room: the next look goes on
            }
            if (page.Count < AtOnce)
                return;
            after = page[^1];
        }
    }

    private static DateTimeOffset EndOf(CallRecord record) => record.StartedAt.AddMilliseconds(record.DurationMs);

    private async Task<List<string>> PageAsync(string target, string oldest, string after)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return await connection.Command(
            """
            SELECT call_key FROM calls WHERE instance = @instance AND end_reason IS NOT NULL AND call_key > @after AND call_key >= @oldest
                AND call_key >= (SELECT since FROM webhook_targets WHERE target = @target)
                AND NOT EXISTS (SELECT 1 FROM webhook_told WHERE webhook_told.call_key = calls.call_key AND webhook_told.target = @target)
            ORDER BY call_key LIMIT @most
            """,
            ("instance", instance), ("after", after), ("oldest", oldest), ("target", target), ("most", (long)AtOnce)).ListAsync(row => row.GetString(0), CancellationToken.None);
    }

    private void Failed(string problem)
    {
        var now = time.GetUtcNow();
        if (now - _loggedAt < LogPeriod)
            return;
        _loggedAt = now;
        logger.NotWrittenDown(database.Place, problem);
    }
}
