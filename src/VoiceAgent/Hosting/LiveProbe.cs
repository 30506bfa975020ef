using GeminiLive;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>Asks a Live service that is taken for down whether it serves again, while no call does: callers are sent elsewhere then, and nobody else would notice.</summary>
internal sealed class LiveProbe(LiveClientFactory live, CallTable calls, TimeProvider time, ILogger<LiveProbe> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (live.IsDown && calls.Count == 0)
                await ProbeAsync(stoppingToken);
        }
    }

    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        try
        {
            await live.ProbeAsync(stoppingToken);
        }
#pragma warning disable CA1031 // The one catch-all of this loop: a bug met by a probe must not end the service.
        catch (Exception bug) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.ProbeFailed(bug);
        }
    }
}
