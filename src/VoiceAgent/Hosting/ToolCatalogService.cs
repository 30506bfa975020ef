using Tools.Catalog;
using VoiceAgent.Observability;

namespace VoiceAgent.Hosting;

/// <summary>Loads the tools before the first call is taken; what is wrong with them refuses the start.</summary>
/// <param name="catalog">The tools.</param>
/// <param name="metrics">Made with it, so that somebody counts.</param>
internal sealed class ToolCatalogService(ToolCatalog catalog, ToolCatalogMetrics metrics) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Start();
        return catalog.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;   // calls that still run have their tools; the container closes them
}
