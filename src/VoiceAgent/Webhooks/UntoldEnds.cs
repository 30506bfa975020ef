using Storage;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.Webhooks;

/// <summary>Sees to it that the end of every call that is kept is told: writes down what systems have taken, and has told again what they have not, also what a process has left that was killed.</summary>
/// <remarks>One loop, which calls never wait for. The records are the queue; at least once, and not at all where records are off or lost.</remarks>
/// <param name="database">Where the records are.</param>
/// <param name="instance">Name of this service among those that share the database.</param>
/// <param name="webhooks">Tells.</param>
/// <param name="told">What is being told, or was.</param>
/// <param name="unfinished">Keys of the calls whose end this process has not written yet: what the database says of it then is a mistake of others (<see cref="RecordWriter.Unfinished"/>).</param>
/// <param name="time">The service's clock.</param>
/// <param name="logger">Where outages are told.</param>
internal sealed class UntoldEnds(
    Database database, string instance, CallWebhooks webhooks, ToldEnds told, Func<IReadOnlySet<string>> unfinished, TimeProvider time, ILogger<UntoldEnds> logger) : IHostedService, IAsyncDisposable
{
    private const int AtOnce = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastTry = TimeSpan.FromSeconds(5);

    // What is older has been given up by whoever waited for it.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7);

    // Longer, since the clocks of services that share the database differ.
    private static readonly TimeSpan Remembered = Oldest + TimeSpan.FromDays(1);

    // The calls of so long are read by one statement at most: of seven days it would be too long.
    private static readonly TimeSpan Slice = TimeSpan.FromHours(6);

    private readonly Rounds _rounds = new(time);
    private readonly CallArchive _archive = new(database);
    private Task _loop = Task.CompletedTask;
    private bool _isPrepared;
    private DateTimeOffset? _lookedAt;
    private string _from = "";   // every call before it is told, or of no interest; all are looked at first
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
                await connection.Command("INSERT INTO webhook_targets (instance, target, since) VALUES (@instance, @target, @since) ON CONFLICT (instance, target) DO NOTHING",
                    ("instance", instance), ("target", target), ("since", DatabaseText.From(time.GetUtcNow()))).ExecuteAsync(cancellation);
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
        await database.TransactAsync((connection, cancellation) =>
            connection.Command("DELETE FROM webhook_told WHERE call_key < @old", ("old", DatabaseText.From(now - Remembered))).ExecuteAsync(cancellation), CancellationToken.None);
        var open = unfinished();
        var next = open.Append(await FirstOpenAsync() ?? "~").Append(DatabaseText.From(now - LookPeriod)).Min(StringComparer.Ordinal)!;
        foreach (var target in webhooks.ToldOfEnds)
        {
            if (await LookAsync(target, now, open) is { } passedOver && string.CompareOrdinal(passedOver, next) < 0)
                next = passedOver;
        }
        _from = next;
        _lookedAt = now;
    }

    /// <returns>The first call whose end is to be told yet; null for none.</returns>
    private async Task<string?> LookAsync(string target, DateTimeOffset now, IReadOnlySet<string> open)
    {
        string? first = null;
        foreach (var (from, to) in Slices(now))
        {
            List<string> page = [""];
            do
            {
                page = await PageAsync(target, from, to, after: page[^1]);
                foreach (var key in page.Where(key => !open.Contains(key) && !told.IsKnown(key, target)))
                {
                    var step = _rounds.IsStopping ? Step.NoRoom : await TellAsync(target, key, now);
                    if (step != Step.Done)
                        first ??= key;
                    if (step == Step.NoRoom)
                        return first;   // the next look goes on
                }
            }
            while (page.Count == AtOnce);
        }
        return first;
    }

    private async Task<Step> TellAsync(string target, string key, DateTimeOffset now)
    {
        if ((await _archive.GetAsync(key, CancellationToken.None))?.Record is not { } record)
            return Step.Done;   // another version's record cannot be told of
        var endedAt = record.StartedAt.AddMilliseconds(record.DurationMs);
        if (now - endedAt < LookPeriod)
            return Step.TooYoung;
        return webhooks.TellEnd(target, record, endedAt) ? Step.Done : Step.NoRoom;
    }

    private IEnumerable<(string From, string To)> Slices(DateTimeOffset now)
    {
        for (var begin = now - Oldest; begin <= now; begin += Slice)
        {
            var (from, to) = (DatabaseText.From(begin), DatabaseText.From(begin + Slice));
            if (string.CompareOrdinal(to, _from) > 0)
                yield return (string.CompareOrdinal(from, _from) < 0 ? _from : from, to);
        }
    }

    // Others may have closed what is open here, and whoever comes after may close what is open still: it is looked at again.
    private async Task<string?> FirstOpenAsync()
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return (await connection.Command("SELECT MIN(call_key) FROM calls WHERE instance = @instance AND end_reason IS NULL", ("instance", instance))
            .ListAsync(row => row.TextOrNull(0), CancellationToken.None))[0];
    }

    private async Task<List<string>> PageAsync(string target, string from, string to, string after)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return await connection.Command(
            """
            SELECT call_key FROM calls WHERE instance = @instance AND end_reason IS NOT NULL AND call_key > @after AND call_key >= @from AND call_key < @to
                AND call_key >= (SELECT since FROM webhook_targets WHERE instance = @instance AND target = @target)
                AND NOT EXISTS (SELECT 1 FROM webhook_told WHERE webhook_told.call_key = calls.call_key AND webhook_told.target = @target)
            ORDER BY call_key LIMIT @most
            """,
            ("instance", instance), ("after", after), ("from", from), ("to", to), ("target", target), ("most", (long)AtOnce)).ListAsync(row => row.GetString(0), CancellationToken.None);
    }

    private void Failed(string problem)
    {
        var now = time.GetUtcNow();
        if (now - _loggedAt < LogPeriod)
            return;
        _loggedAt = now;
        logger.NotWrittenDown(database.Place, problem);
    }

    private enum Step
    {
        Done,
        TooYoung,   // just being told
        NoRoom,
    }
}
