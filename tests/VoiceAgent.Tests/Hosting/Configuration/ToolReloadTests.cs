using Microsoft.Extensions.DependencyInjection;
using Tools.Catalog;

namespace VoiceAgent.Tests.Hosting.Configuration;

/// <summary>The tools in a changed configuration: exchanged with everything else, or not at all.</summary>
public sealed class ToolReloadTests
{
    [Fact]
    public async Task Changed_tools_are_for_new_calls_and_broken_ones_change_nothing()
    {
        await using var rig = await ReloadRig.StartAsync();
        var catalog = rig.Services.GetRequiredService<ToolCatalog>();
        Assert.Empty((await rig.ReadAsync(Shop("find_order"))).Faults);
        using var running = catalog.Rent("reception");

        Assert.Empty((await rig.ReadAsync(Shop("track_parcel"))).Faults);
        Assert.Equal(["track_parcel"], Names(catalog));

        (string, string?)[][] broken =
        [
            [.. Shop("find_order"), ("Tools:Nonsense", "1")],
            [.. Shop("find_order"), ("Agents:Profiles:reception:Tools", "\"shop\"")],
            [.. Shop("find_order"), ("Agents:Profiles:reception", null)],
            [.. Shop("find_order"), ("Tools:Redaction:Patterns", """[ "(" ]""")],
        ];
        foreach (var changes in broken)
            Assert.NotEmpty((await rig.ReadAsync(changes)).Faults);
        Assert.Equal(["track_parcel"], Names(catalog));
        Assert.Equal(["find_order"], running.Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Agent_that_is_added_has_its_tools_at_once()
    {
        await using var rig = await ReloadRig.StartAsync();
        var catalog = rig.Services.GetRequiredService<ToolCatalog>();
        await rig.ReadAsync(Shop("find_order"));
        var tool = One(catalog, "reception");
        Assert.Empty((await rig.ReadAsync([.. Shop("find_order"), ("Agents:Profiles:sales", """{ "Tools": [ "shop.find_order" ] }""")])).Faults);
        Assert.Equal(tool.Name, One(catalog, "sales").Name);
    }

    [Fact]
    public async Task Sources_stay_where_nothing_of_the_tools_changes()
    {
        await using var rig = await ReloadRig.StartAsync();
        await rig.ReadAsync(Shop("find_order"));
        Assert.Equal(2, rig.SourcesMade);
        Assert.Empty((await rig.ReadAsync(Shop("find_order"))).Faults);
        Assert.Equal(["Calls:MaxCalls"], (await rig.ReadAsync([.. Shop("find_order"), ("Calls:MaxCalls", "7")])).Changed);
        Assert.Equal(2, rig.SourcesMade);
    }

    private static (string, string?)[] Shop(string tool) =>
    [
        ("Agents:Profiles:reception:Tools", """[ "shop" ]"""),
        ("Tools:Http:shop:AllowedHosts", """[ "shop.example" ]"""),
        ($"Tools:Http:shop:Tools:{tool}", """{ "Url": "https://shop.example/orders", "Description": "Looks up an order." }"""),
    ];

    private static Microsoft.Extensions.AI.AIFunction One(ToolCatalog catalog, string agent)
    {
        using var set = catalog.Rent(agent);
        return Assert.Single(set.Tools).Function;
    }

    private static string[] Names(ToolCatalog catalog)
    {
        using var set = catalog.Rent("reception");
        return [.. set.Tools.Select(tool => tool.Name)];
    }
}
