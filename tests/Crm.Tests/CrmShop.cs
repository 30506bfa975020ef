using System.Text.Json;
using Storage;
using Support.Databases;
using Tools;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace Crm.Tests;

/// <summary>A shop's CRM on an empty database, for tests that hold in both.</summary>
public abstract class CrmShop(EmptyDatabase empty) : IAsyncLifetime
{
    protected const string Friday10 = "2026-01-02T10:00+01:00";

    private readonly List<CrmRig> _rigs = [];
    private DatabaseOptions _options = new();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(empty.Missing.Length > 0, empty.Missing);
        _options = await empty.OptionsAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var rig in _rigs)
            await rig.DisposeAsync();
        await empty.DisposeAsync();
        GC.SuppressFinalize(this);
    }
    protected static List<string> Starts(JsonElement found) => [.. found.GetProperty("slots").EnumerateArray().Select(slot => slot.GetProperty("start").GetString()!)];

    private protected static async Task<string> UndoAsync(CrmRig crm, ToolContext context) =>
        await crm.Find("book_appointment").Compensate!(context, JsonSerializer.SerializeToElement(new { }), null, Cancellation);

    private protected CrmRig Add(params (string Key, string Value)[] settings)
    {
        var rig = new CrmRig(_options, settings);
        _rigs.Add(rig);
        return rig;
    }

    private protected Task<CrmRig> StartAsync(params (string Key, string Value)[] settings) => Add(settings).StartAsync();
}
