using System.Data.Common;
using Tools.Catalog;
using VoiceAgent.Observability;

namespace VoiceAgent.Hosting;

/// <summary>Loads the tools and opens their ledger before the first call is taken; what is wrong with them refuses the start.</summary>
/// <param name="catalog">The tools.</param>
/// <param name="ledger">Their ledger.</param>
/// <param name="metrics">Made with them, so that somebody counts.</param>
/// <param name="logger">Hears of a database that does not answer yet.</param>
internal sealed class ToolService(ToolCatalog catalog, ToolLedger ledger, ToolCatalogMetrics metrics, ILogger<ToolService> logger) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="Tools.ToolSourceException">The tools cannot be used as configured.</exception>
    /// <exception cref="DbException">The database cannot be used as configured.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Start();
        await catalog.LoadAsync(cancellationToken);
        if (!catalog.HasTools)
            return;
        try
        {
            await ledger.OpenAsync(cancellationToken);
        }
        catch (DbException silence) when (silence.IsTransient)
        {
            // The phone line does not wait for a server: until it answers, only tools without side effects run.
            logger.LedgerClosed(silence.Message);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;   // calls that still run have their tools; the container closes them
}
