using System.Data.Common;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Cluster;

/// <summary>This service as one node among several: tells the others that it is there and what runs on it, notices who is lost, and renews its lease of Live sessions.</summary>
/// <remarks>
/// One loop, with one step each heartbeat; closing the records of lost nodes is a task beside it, which no heartbeat waits for. Nothing waits for the loop but the first step at the start,
/// for a moment: calls are admitted by what it has obtained, so that a database that hangs or is away costs no call that runs, and new ones only once the lease has ended.
/// </remarks>
internal sealed class ClusterNode(
    ClusterTables tables, LiveLease? lease, Func<NodeReport> report, ClusterOptions options, CallTable calls, RecordWriter records, ClusterHealth health, TimeProvider time, ILogger<ClusterNode> logger)
    : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan FirstStepLimit = TimeSpan.FromSeconds(10);   // nobody misses it yet, and tables may have to be made
    private static readonly TimeSpan LeastStepLimit = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LogPeriod = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstStep = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private Task _closing = Task.CompletedTask;
    private Dictionary<string, CallRow>? _told;
    private bool _isPrepared;
    private long? _renewedAt;
    private DateTimeOffset? _loggedAt;
    private DateTimeOffset? _notClosedLoggedAt;

    // One step that hangs does not make this node lost: the next one begins within NodeTimeout.
    private TimeSpan StepLimit => _isPrepared ? new(Math.Max((options.NodeTimeout / 2 - options.Heartbeat).Ticks, LeastStepLimit.Ticks)) : FirstStepLimit;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(RunAsync, CancellationToken.None);
        await Task.WhenAny(_firstStep.Task, Task.Delay(StartLimit, time, cancellationToken));   // so that the first call finds sessions
    }

    /// <summary>Takes this node out, as far as the database takes it within a moment.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _loop;
        await _closing;
        if (_isPrepared)
            await LeaveAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await TryStepAsync();
            _firstStep.TrySetResult();
            await Task.Delay(options.Heartbeat, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryStepAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(StepLimit, time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            await StepAsync(over.Token);
            Recovered();
        }
#pragma warning disable CA1031 // the loop's catch-all: whatever the database's driver throws, it is tried again at the next heartbeat
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _told = null;   // nobody knows what was written
            if (!_stopping.IsCancellationRequested)
                Failed(failure is OperationCanceledException ? "It does not answer." : failure.Message);
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        if (!_isPrepared)
            await tables.MigrateAsync(cancellation);
        _isPrepared = true;
        var now = calls.Running.Select(CallRow.Of).ToDictionary(row => row.CallId, StringComparer.Ordinal);
        var lost = await tables.BeatAsync(report(), CallChanges.Between(_told, now), cancellation);
        _told = now;
        foreach (var name in lost.Noticed)
            logger.NodeLost(name);
        if (lost.HaveLeftOpen && _closing.IsCompleted)
            _closing = Task.Run(TryCloseAsync, CancellationToken.None);
        if (lease is not null && IsRenewalDue)
        {
            await lease.RenewAsync(cancellation);
            _renewedAt = time.GetTimestamp();
        }
    }

    private bool IsRenewalDue => _renewedAt is not { } last || time.GetElapsedTime(last) >= RenewPeriod || lease!.IsShort;

    private async Task TryCloseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(CloseLimit, time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
            await records.PrepareAsync(over.Token);
            while (await tables.CloseLostAsync(records.CloseSomeOfAsync, over.Token))
                limit.CancelAfter(CloseLimit);
        }
#pragma warning disable CA1031 // the task's catch-all: the next heartbeat begins it again, here or at another node
        catch (Exception failure)
#pragma warning restore CA1031
        {
            NotClosed(failure.Message);
        }
    }

    private void NotClosed(string problem)
    {
        var now = time.GetUtcNow();
        if (_stopping.IsCancellationRequested || now - _notClosedLoggedAt < LogPeriod)
            return;
        _notClosedLoggedAt = now;
        logger.NotClosed(tables.Place, problem);
    }

    private async Task LeaveAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(LeaveLimit, time);
            await tables.LeaveAsync(records.Process, limit.Token);
        }
        catch (Exception away) when (away is DbException or OperationCanceledException)
        {
            logger.Alone(tables.Place, away.Message);   // the others will miss it
        }
    }

    private void Failed(string problem)
    {
        var now = time.GetUtcNow();
        health.Problem = new ClusterHealth.Outage(problem, health.Problem?.Since ?? now);
        if (now - _loggedAt < LogPeriod)
            return;
        _loggedAt = now;
        logger.Alone(tables.Place, problem);
    }

    private void Recovered()
    {
        if (health.Problem is null)
            return;
        health.Problem = null;
        _loggedAt = null;
        logger.BackAmongNodes();
    }
}
