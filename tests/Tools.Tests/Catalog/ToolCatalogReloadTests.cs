using Tools.Catalog;

namespace Tools.Tests.Catalog;

/// <summary>A changed configuration is for new calls, whole or not at all; calls keep what they began with.</summary>
public sealed class ToolCatalogReloadTests
{
    private static readonly (string, string?)[] Start = [("Tools:Test:shop", "find,book"), ("Agents:Profiles:a:Tools:0", "shop")];

    [Fact]
    public async Task Changed_configuration_is_for_new_calls()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        var running = rig.Catalog.Rent("a");

        await rig.ChangeAsync(("Tools:Test:shop", "find"));
        await rig.UntilAsync(() => rig.Catalog.Reloads == 1);

        Assert.Equal(["find"], rig.Names("a"));
        Assert.Equal(["find", "book"], running.Tools.Select(tool => tool.Name));
        Assert.False(rig.Sources[0].IsClosed);
        running.Dispose();
        await rig.UntilAsync(() => rig.Sources[0].IsClosed);
        Assert.False(rig.Sources[1].IsClosed);
    }

    [Fact]
    public async Task Sources_that_nobody_uses_are_closed_at_once()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        rig.Catalog.Rent("a").Dispose();

        await rig.ChangeAsync(("Tools:Test:shop", "find"));
        await rig.UntilAsync(() => rig.Sources[0].IsClosed);
        Assert.Equal(["find"], rig.Names("a"));
    }

    [Fact]
    public async Task Broken_configuration_is_refused_whole_and_the_old_one_stays()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();

        await rig.ChangeAsync(("Tools:Test:shop", "find"), ("Tools:Policies:find:Timeout", "00:00:00"));
        await rig.UntilAsync(() => rig.Catalog.RefusedReloads == 1);
        Assert.Equal(["find", "book"], rig.Names("a"));
        Assert.Equal([false, true], rig.Sources.Select(source => source.IsClosed));

        await rig.ChangeAsync(("Tools:Policies:find:Timeout", "00:00:03"));
        await rig.UntilAsync(() => rig.Catalog.Reloads == 1);
        Assert.Equal(["find"], rig.Names("a"));
        await rig.UntilAsync(() => rig.Sources.Select(source => source.IsClosed).SequenceEqual([true, true, false]));
    }

    [Fact]
    public async Task Source_that_has_other_tools_is_asked_again_and_goes_on()
    {
        await using var rig = new CatalogRig([.. Start, ("Tools:Test:other", "more")]);
        await rig.LoadAsync();
        var (shop, other) = (rig.Sources.Single(source => source.Name == "shop"), rig.Sources.Single(source => source.Name == "other"));
        using var running = rig.Catalog.Rent("a");

        shop.Tools = "find,cancel";
        shop.Changed!();
        await rig.UntilAsync(() => rig.Catalog.Reloads == 1);

        Assert.Equal(["find", "cancel"], rig.Names("a"));
        Assert.Equal(["find", "book"], running.Tools.Select(tool => tool.Name));
        Assert.Equal((2, 1), (shop.Loads, other.Loads));
        Assert.False(shop.IsClosed);
    }

    [Fact]
    public async Task List_change_that_cannot_be_used_leaves_the_old_list()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();

        rig.Sources[0].Tools = "find,untellable";
        rig.Sources[0].Changed!();
        await rig.UntilAsync(() => rig.Catalog.RefusedReloads == 1);
        Assert.Equal(["find", "book"], rig.Names("a"));

        rig.Sources[0].Tools = "find";
        rig.Sources[0].Changed!();
        await rig.UntilAsync(() => rig.Names("a") is ["find"]);
    }

    [Fact]
    public async Task List_change_that_cannot_be_used_does_not_keep_the_others_out()
    {
        await using var rig = new CatalogRig([.. Start, ("Tools:Test:other", "more"), ("Agents:Profiles:a:Tools:1", "other")]);
        await rig.LoadAsync();
        var (shop, other) = (rig.Sources.Single(source => source.Name == "shop"), rig.Sources.Single(source => source.Name == "other"));

        shop.Tools = "find,untellable";
        shop.Changed!();
        await rig.UntilAsync(() => rig.Catalog.RefusedReloads == 1);
        other.Tools = "news";
        other.Changed!();
        await rig.UntilAsync(() => rig.Catalog.Reloads == 1);
        Assert.Equal(["find", "book", "news"], rig.Names("a"));

        (shop.Tools, other.Tools) = ("2nd", "more");
        shop.Changed!();
        other.Changed!();
        await rig.UntilAsync(() => rig.Catalog.Reloads == 2);
        Assert.Equal(["find", "book", "more"], rig.Names("a"));
        Assert.Equal(2, rig.Catalog.RefusedReloads);
    }

    [Fact]
    public async Task What_is_prepared_is_in_use_when_it_is_taken_and_closed_when_it_is_not()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        rig.Configuration["Tools:Test:shop"] = "find";
        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange(), CancellationToken.None))
            Assert.Empty(prepared.Faults);
        Assert.Equal(["find", "book"], rig.Names("a"));
        Assert.Equal([false, true], rig.Sources.Select(source => source.IsClosed));

        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange(), CancellationToken.None))
            prepared.Take();
        Assert.Equal(["find"], rig.Names("a"));
        await rig.UntilAsync(() => rig.Sources[0].IsClosed);
    }

    [Fact]
    public async Task Sources_stay_where_only_the_agents_change()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        rig.Configuration["Agents:Profiles:b:Tools:0"] = "shop.find";
        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange { KeepsSources = true }, CancellationToken.None))
            prepared.Take();
        Assert.Equal(["find"], rig.Names("b"));
        Assert.False(Assert.Single(rig.Sources).IsClosed);

        rig.Configuration["Agents:Profiles:b:Tools:0"] = "nothing";
        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange { KeepsSources = true }, CancellationToken.None))
        {
            Assert.False(prepared.MayPass);
            Assert.Throws<InvalidOperationException>(prepared.Take);
        }
        Assert.Equal(["find"], rig.Names("b"));
        Assert.False(Assert.Single(rig.Sources).IsClosed);
    }

    [Fact]
    public async Task Source_that_stopped_to_answer_speaks_against_a_change_as_long_as_it_is_waited_for()
    {
        await using var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        rig.Down.Add("shop");
        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange { AwaitsSilent = true }, CancellationToken.None))
            Assert.True(prepared.MayPass);
        await using (var prepared = await rig.Catalog.PrepareAsync(rig.Configuration, new ToolChange(), CancellationToken.None))
            Assert.Empty(prepared.Faults);
    }

    [Fact]
    public async Task End_of_the_service_closes_all_sources_even_those_of_a_call_that_never_ended()
    {
        var rig = new CatalogRig(Start);
        await rig.LoadAsync();
        var running = rig.Catalog.Rent("a");
        await rig.ChangeAsync(("Tools:Test:shop", "find"));
        await rig.UntilAsync(() => rig.Catalog.Reloads == 1);

        await rig.DisposeAsync();
        Assert.All(rig.Sources, source => Assert.True(source.IsClosed));
        running.Dispose();
    }

    [Fact]
    public async Task Before_the_first_load_nobody_has_tools()
    {
        await using var rig = new CatalogRig(Start);
        Assert.Empty(rig.Names("a"));
    }
}
