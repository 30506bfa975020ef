using System.Diagnostics.CodeAnalysis;

namespace VoiceAgent.Hosting.Configuration;

/// <summary>Has the configuration read anew when one of its files has changed, or the process is sent SIGHUP.</summary>
/// <remarks>
/// The files are looked at twice a second, on <see cref="TimeProvider"/>: that works on every kind of file system and mount. A change is taken up when nothing has
/// moved since the last look, as editors write in several steps. What may pass by itself is tried again, a source of tools that does not answer for a good minute.
/// </remarks>
internal sealed class ConfigurationWatch(SettingsSource source, Reload reload, TimeProvider time, ILogger<ConfigurationWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(32);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(75);

    private readonly SemaphoreSlim _hangUp = new(0, 1);
    private List<(string File, DateTime WrittenAt, long Size)> _seen = [];

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = Stamps();   // now, and not when the loop gets its turn
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Reads anew soon, changed or not: what SIGHUP does. Any thread.</summary>
    public void Trigger()
    {
        lock (_hangUp)
        {
            if (_hangUp.CurrentCount == 0)
                _hangUp.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _hangUp.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var isDue = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var found = Stamps();
            var isStill = found.SequenceEqual(_seen);
            _seen = found;
            if (!isStill)
            {
                isDue = true;
            }
            else if (await _hangUp.WaitAsync(0, stoppingToken))
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
        while ((await reload.RunAsync(isWanted, awaitsSilent: time.GetElapsedTime(began) < Patience, stop)).MayPass && Stamps().SequenceEqual(_seen))
        {
            await Task.Delay(pause, time, stop);
            pause = pause < LongestRetry ? pause + pause : LongestRetry;
            isWanted = false;
        }
    }

    private List<(string File, DateTime WrittenAt, long Size)> Stamps()
    {
        try
        {
            return [.. source.Watched.Select(Stamp)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Of what a link leads to: a mounted configuration is changed by changing the link.
    private static (string File, DateTime WrittenAt, long Size) Stamp(string path)
    {
        try
        {
            var file = new FileInfo(path);
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return target.Exists ? (target.FullName, target.LastWriteTimeUtc, target.Length) : (path, default, -1);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return (path, default, -1);
        }
    }
}
