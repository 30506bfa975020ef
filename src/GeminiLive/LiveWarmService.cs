using Microsoft.Extensions.Hosting;

namespace GeminiLive;

/// <summary>Keeps connections warm from the start of the host to its end.</summary>
internal sealed class LiveWarmService(LiveClientFactory factory) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        factory.KeepWarm();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => factory.StopKeepingWarmAsync().AsTask();
}
