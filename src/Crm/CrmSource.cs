using System.Data.Common;
using Microsoft.Extensions.Logging;
using Storage;
using Tools;
using Tools.Plugins;

namespace Crm;

/// <summary>The CRM as a source of tools: brings its schema up to date, and offers the tools on it.</summary>
internal sealed class CrmSource(CrmOptions options, Database database, bool isOwnDatabase, TimeProvider time, ILogger logger) : IToolSource
{
    /// <inheritdoc/>
    public string Name => "crm";

    /// <inheritdoc/>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation)
    {
        var shop = new ShopTime(options.TimeZone.Length == 0 ? time.LocalTimeZone : TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone), time);
        try
        {
            await database.MigrateAsync(CrmSchema.Component, CrmSchema.Migrations, cancellation);
            if (options.SeedExamples)
                await new ExampleShop(shop).PutAsync(database, cancellation);
        }
        catch (DbException failure)
        {
            throw new ToolSourceException($"Tools:{CrmOptions.Section}: {failure.Message}", failure) { MayPass = failure.IsTransient };
        }
        var access = new CrmDatabase(database, logger);
        return [.. ToolMethods.Of(new CustomerTools(options, access, shop)), .. ToolMethods.Of(new AppointmentTools(options, access, shop))];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => isOwnDatabase ? database.DisposeAsync() : ValueTask.CompletedTask;
}
