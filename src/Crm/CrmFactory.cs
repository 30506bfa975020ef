using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Storage;
using Tools;
using Tools.Catalog;

namespace Crm;

/// <summary>Makes the CRM's tools where <c>Tools:Crm</c> asks for them.</summary>
/// <param name="service">The service's database, which the CRM shares unless it has one of its own; it stays the giver's.</param>
/// <param name="time">The service's clock.</param>
/// <param name="loggers">Makes loggers.</param>
/// <param name="folder">Where a relative file of an own database starts; null for the folder that the program was started in.</param>
public sealed class CrmFactory(Database service, TimeProvider time, ILoggerFactory loggers, string? folder = null) : IToolSourceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<IToolSource> Create(IConfiguration tools)
    {
        var section = tools.GetSection(CrmOptions.Section);
        var options = Read(section);
        if (!options.Enabled)
            return [];
        var faults = options.Faults().Select(fault => $"{section.Path}:{fault.Key}{fault.Fault}").ToList();
        if (faults.Count > 0)
            throw new ToolSourceException(string.Join('\n', faults));
        var isOwn = options.ConnectionString.Length > 0;
        var database = isOwn ? new Database(new DatabaseOptions { Provider = options.Provider, ConnectionString = options.ConnectionString }, time, folder) : service;
        return [new CrmSource(options, database, isOwn, time, loggers.CreateLogger<CrmFactory>())];
    }

    private static CrmOptions Read(IConfigurationSection section)
    {
        try
        {
            return section.Get<CrmOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new CrmOptions();
        }
        catch (InvalidOperationException unfit)
        {
            throw new ToolSourceException($"{section.Path}: {unfit.Message}", unfit);
        }
    }
}
