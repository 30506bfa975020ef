using System.Diagnostics.CodeAnalysis;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Has the configuration read anew when one of its files has changed, or the process is sent SIGHUP.</summary>
/// <remarks>
/// The files are looked at twice a second, on <see cref="TimeProvider"/>: that works on every kind of file system and mount. A change is taken up when nothing has
/// moved since the last look, as editors write in several steps. What may pass by itself is tried again, a source of tools that does not answer for a good minute.
/// </remarks>
internal sealed class ConfigurationWatch(SettingsSource source, Reload reload, ReloadSignal signal, TimeProvider time, ILogger<ConfigurationWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

    private IReadOnlyList<FileStamp> _seen = [];

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = source.ReadFrom;   // and not as they are now: the start takes its time
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var isDue = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var found = source.Stamps();
            var isStill = found.SequenceEqual(_seen);
            _seen = found;
            if (!isStill)
            {
                isDue = true;
            }
            else if (signal.Take())
            {
                isDue = false;
                await RunAsync(isWanted: true, stoppingToken);
            }
            else if (isDue)
            {
                isDue = false;
                await RunAsync(isWanted: false, stoppingToken);
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The loop's catch-all: whatever one reload meets, the calls go on and the next change is looked at.")]
    private async Task RunAsync(bool isWanted, CancellationToken stop)
    {
        try
        {
            await RunUntilSettledAsync(isWanted, stop);
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            logger.ReloadFailed(bug);
        }
    }

    // Until it is taken, or refused for good, or the files have changed again.
    private async Task RunUntilSettledAsync(bool isWanted, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        var pause = FirstRetry;
        while ((await reload.RunAsync(isWanted, awaitsSilent: time.GetElapsedTime(began) < Patience, stop)).MayPass && await RestAsync(pause, stop))
        {
            pause = pause < LongestRetry ? pause + pause : LongestRetry;
            isWanted = false;
        }
    }

    /// <returns>False as soon as the files have changed or somebody wants them read, which the loop sees to.</returns>
    private async Task<bool> RestAsync(TimeSpan pause, CancellationToken stop)
    {
        for (var left = pause; left > TimeSpan.Zero; left -= Interval)
        {
            await Task.Delay(Interval, time, stop);
            if (signal.IsDue || !source.Stamps().SequenceEqual(_seen))
                return false;
        }
        return true;
    }
}
