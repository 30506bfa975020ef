namespace Tools.Tests.Catalog;

/// <summary>What agents list becomes what their calls have; what is wrong refuses the start.</summary>
public sealed class ToolCatalogTests
{
    private static readonly (string, string?) Shop = ("Tools:Test:shop", "find,book,ring_up");

    [Fact]
    public async Task Agent_gets_what_it_lists_in_its_order()
    {
        await using var rig = new CatalogRig(
            Shop, ("Tools:Test:phone", "end_call"),
            ("Agents:Profiles:reception:Tools:0", "end_call"), ("Agents:Profiles:reception:Tools:1", "shop.book"), ("Agents:Profiles:reception:Tools:2", "shop.find"),
            ("Agents:Profiles:sales:Tools:0", "Shop"), ("Agents:Profiles:sales:Tools:1", "find"),
            ("Agents:Profiles:night:Voice", "Kore"));
        await rig.LoadAsync();

        Assert.Equal(["end_call", "book", "find"], rig.Names("Reception"));
        Assert.Equal(["find", "book", "ring_up"], rig.Names("sales"));
        Assert.Empty(rig.Names("night"));
        Assert.Empty(rig.Names("nobody"));
        using var set = rig.Catalog.Rent("reception");
        Assert.Equal("shop", set.Find("book")!.Source);
    }

    [Fact]
    public async Task Policy_of_the_configuration_stands_over_the_source()
    {
        await using var rig = new CatalogRig(
            Shop, ("Agents:Profiles:a:Tools:0", "shop"), ("Agents:Profiles:b:Tools:0", "shop"),
            ("Tools:Policies:book:Behavior", "NonBlocking"), ("Tools:Policies:book:Scheduling", "Silent"), ("Tools:Policies:BOOK:Timeout", "00:00:20"),
            ("Tools:Policies:book:Filler:Text", "One moment"), ("Tools:Policies:ring_up:AllowedAgents:0", "B"));
        await rig.LoadAsync();

        using var set = rig.Catalog.Rent("a");
        var policy = set.Find("book")!.Policy;
        Assert.Equal(
            new ToolPolicy
            {
                Behavior = ToolBehavior.NonBlocking,
                Scheduling = ToolScheduling.Silent,
                Timeout = TimeSpan.FromSeconds(20),
                Filler = new ToolFiller { Text = "One moment" },
            },
            policy);
        Assert.Equal(["find", "book"], rig.Names("a"));
        Assert.Equal(["find", "book", "ring_up"], rig.Names("b"));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        await using var rig = new CatalogRig(
            ("Tools:Test:shop", "find,2nd,untellable"), ("Tools:Test:mail", "find"), ("Tools:Test:bad", "wrong"),
            ("Agents:Profiles:a:Tools:0", "shop"), ("Agents:Profiles:a:Tools:1", "mail"), ("Agents:Profiles:b:Tools:0", "shop.nothing"),
            ("Tools:Policies:find:Timeout", "-00:00:01"), ("Tools:Policies:find:Retries", "2"), ("Tools:Policies:find:Scheduling", "Interrupt"),
            ("Tools:Policies:find:MaxConcurrency", "0"), ("Tools:Policies:find:AllowedAgents:0", "c"), ("Tools:Policies:find:AllowedAgents:1", "a"));
        var faults = await rig.FaultsAsync();

        string[] expected =
        [
            "Tools:Test:bad = 'wrong' is not usable.",
            "Agents:Profiles:b:Tools:0 = 'shop.nothing' is no tool and no source of tools; there are: mail with find; shop with find, 2nd, untellable.",
            "Tool 'find' comes from mail and shop; names are unique: rename one, or let agents list only one of them.",
            "Tool '2nd' of 'shop' has a name that models do not take; use a letter or underscore, then letters, digits and underscores, at most 64.",
            "Tool 'untellable' of 'shop' cannot be declared: it has no words",
            "Tools:Policies:find:Timeout = '-00:00:01' is not possible; use a time above zero and up to 01:00:00, such as 00:00:08.",
            "Tools:Policies:find:MaxConcurrency = '0' is not possible; use 1 to 10000.",
            "Tools:Policies:find:Retries = '2' needs Tools:Policies:find:Idempotent = true: this tool changes something, and a second try could change it twice.",
            "Tools:Policies:find:Scheduling = 'Interrupt' needs Tools:Policies:find:Behavior = 'NonBlocking': a result that the model waits for is spoken at once.",
            "Tools:Policies:find:AllowedAgents has 'c', which is no agent; there are: a, b.",
            "a has too many tools.",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), faults.Order(StringComparer.Ordinal));
        Assert.All(rig.Sources, source => Assert.True(source.IsClosed));
    }

    [Fact]
    public async Task Tools_that_may_block_have_no_more_runs_than_threads()
    {
        await using var rig = new CatalogRig(
            ("Tools:Test:shop", "find,book"), ("Agents:Profiles:a:Tools:0", "shop"),
            ("Tools:Policies:find:MaxConcurrency", "65"), ("Tools:Policies:book:MaxConcurrency", "65"));
        rig.Blocking.Add("find");
        Assert.Equal(["Tools:Policies:find:MaxConcurrency = '65' is not possible; use 1 to 64."], await rig.FaultsAsync());
    }

    [Theory]
    [InlineData("Tools:Broken", "x", "Tools:Broken = 'x' is not usable.", "Tools:Broken is wrong in a second way.")]
    [InlineData("Tools:Policies:fnd:Confirm", "true", "Tools:Policies:fnd is for no tool; there are: shop with find, book, ring_up.")]
    [InlineData("Tools:Test:SHOP2", "find", "Tool 'find' comes from SHOP2 and shop; names are unique: rename one, or let agents list only one of them.")]
    [InlineData("Agents:Profiles:a:Tools:1", "ship", "Agents:Profiles:a:Tools:1 = 'ship' is no tool and no source of tools; there are: shop with find, book, ring_up.")]
    [InlineData("Tools:Policies:book:AllowedAgents:0", "b", "Agents:Profiles:a:Tools:2 = 'book' is not for agent 'a'; its AllowedAgents are: b.")]
    public async Task Fault_names_key_value_and_remedy(string key, string value, params string[] said)
    {
        await using var rig = new CatalogRig(
            Shop, ("Agents:Profiles:a:Tools:0", "shop"), ("Agents:Profiles:a:Tools:2", "book"), ("Agents:Profiles:b:Tools:0", key.EndsWith('2') ? "SHOP2" : "shop"), (key, value));

        Assert.Equal(said, await rig.FaultsAsync());
    }

    [Fact]
    public async Task Misspelt_agent_of_a_policy_does_not_just_hide_the_tool()
    {
        await using var rig = new CatalogRig(Shop, ("Agents:Profiles:a:Tools:0", "shop"), ("Tools:Policies:book:AllowedAgents:0", "aa"));

        Assert.Equal(["Tools:Policies:book:AllowedAgents has 'aa', which is no agent; there are: a."], await rig.FaultsAsync());
    }

    [Fact]
    public async Task Source_with_a_dot_in_its_name_can_be_listed()
    {
        await using var rig = new CatalogRig(("Tools:Test:shop.old", "find,book"), ("Agents:Profiles:a:Tools:0", "shop.old.book"), ("Agents:Profiles:b:Tools:0", "shop.old"));
        await rig.LoadAsync();

        Assert.Equal(["book"], rig.Names("a"));
        Assert.Equal(["find", "book"], rig.Names("b"));
    }

    [Fact]
    public async Task Source_that_hangs_does_not_keep_the_start_waiting_for_ever()
    {
        await using var rig = new CatalogRig(Shop, ("Tools:Test:server", "weather"), ("Agents:Profiles:a:Tools:0", "shop.find"), ("Agents:Profiles:a:Tools:1", "server"));
        rig.Hanging.Add("server");
        var start = rig.LoadAsync();
        await rig.UntilAsync(() => start.IsCompleted);
        await start;
        Assert.Equal(["find"], rig.Names("a"));

        rig.Hanging.Clear();
        await rig.UntilAsync(() => rig.Names("a").Length == 2);
    }

    [Fact]
    public async Task What_no_agent_lists_may_be_as_it_likes()
    {
        await using var rig = new CatalogRig(("Tools:Test:server", "find,untellable,a-b"), ("Agents:Profiles:a:Tools:0", "server.find"));
        await rig.LoadAsync();

        Assert.Equal(["find"], rig.Names("a"));
    }

    [Fact]
    public async Task Foreign_list_costs_only_the_tools_that_cannot_be_used()
    {
        await using var rig = new CatalogRig(
            Shop, ("Tools:Test:foreign", "find,untellable,2nd,weather"), ("Tools:Test:foreign2", "Weather,news"),
            ("Agents:Profiles:a:Tools:0", "shop.find"), ("Agents:Profiles:a:Tools:1", "foreign"), ("Agents:Profiles:a:Tools:2", "foreign2.news"),
            ("Agents:Profiles:b:Tools:0", "foreign2.weather"), ("Agents:Profiles:b:Tools:1", "foreign2.Weather"), ("Agents:Profiles:b:Tools:2", "foreign.gone"));
        await rig.LoadAsync();

        Assert.Equal(["find", "weather", "news"], rig.Names("a"));
        using var set = rig.Catalog.Rent("a");
        Assert.Equal("shop", set.Find("find")!.Source);
        Assert.Empty(rig.Names("b"));
    }

    [Fact]
    public async Task Server_that_is_down_costs_only_its_tools_and_is_asked_again()
    {
        await using var rig = new CatalogRig(
            Shop, ("Tools:Test:server", "weather"), ("Tools:Policies:weather:Timeout", "00:00:02"),
            ("Agents:Profiles:a:Tools:0", "shop.find"), ("Agents:Profiles:a:Tools:1", "server"), ("Agents:Profiles:a:Tools:2", "weather"));
        rig.Down.Add("server");
        await rig.LoadAsync();
        Assert.Equal(["find"], rig.Names("a"));
        Assert.Equal(["server"], rig.Catalog.AbsentSources);

        await rig.UntilAsync(() => rig.Sources[1].Loads == 3 || rig.Sources[0].Loads == 3);   // 5 s and 10 s later
        rig.Down.Clear();
        await rig.UntilAsync(() => rig.Names("a").Length == 2);

        Assert.Equal(["find", "weather"], rig.Names("a"));
        Assert.Empty(rig.Catalog.AbsentSources);
        using var set = rig.Catalog.Rent("a");
        Assert.Equal(TimeSpan.FromSeconds(2), set.Find("weather")!.Policy.Timeout);
    }
}
