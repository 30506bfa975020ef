using Tools.Catalog;
using Tools.Plugins;

namespace Tools.Tests.Catalog;

public sealed class ToolSetTests
{
    [Fact]
    public void A_call_makes_the_tools_of_a_source_ready_or_leaves_them_out()
    {
        var set = new ToolSet([Named("look_up", "shop"), Named("end_call", "phone"), Named("transfer_call", "phone")]);

        var bound = set.Bind("phone", tool => tool.Name == "end_call" ? tool with { MayBlock = true } : null);

        Assert.Equal(["look_up", "end_call"], bound.Tools.Select(tool => tool.Name));
        Assert.True(bound.Find("end_call")!.MayBlock);
        Assert.Null(bound.Find("transfer_call"));
    }

    [Fact]
    public void Giving_back_what_was_made_of_a_set_gives_it_back_once()
    {
        var returned = 0;
        var set = new ToolSet([Named("look_up", "shop")], () => returned++).Bind("phone", tool => tool).With([Named("more", "call")]);
        set.Dispose();
        set.Dispose();

        Assert.Equal(1, returned);
        Assert.Equal(2, set.Tools.Count);
    }

    private static Tool Named(string name, string source) => ToolMethods.From(() => 1, name) with { Source = source };
}
