using GeminiLive;
using VoiceAgent.Calls;

namespace VoiceAgent.Hosting;

/// <summary>Asks a Live service that is taken for down whether it serves again, while no call does: callers are sent elsewhere then, and nobody else would notice.</summary>
internal sealed class LiveProbe(LiveClientFactory live, CallTable calls, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (live.IsDown && calls.Count == 0)
                await live.ProbeAsync(stoppingToken);
        }
    }
}
