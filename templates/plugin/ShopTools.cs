using System.ComponentModel;
using Tools;
using Tools.Plugins;

namespace ShopPlugin;

/// <summary>The tools of this plugin. One object serves all calls at the same time.</summary>
public sealed class ShopTools : IToolPlugin
{
    private string _shop = "";

    public IEnumerable<Tool> CreateTools(IToolPluginHost host)
    {
        _shop = host.Settings["Shop"] ?? "the shop";   // Tools:Plugins:NAME:Settings:Shop
        return ToolMethods.Of(this);
    }

    [Tool(Idempotent = true, TimeoutSeconds = 3)]
    [Description("Tells when the shop is open on a day of the week.")]
    public string OpeningHours([Description("Such as Monday.")] DayOfWeek day, ToolContext caller) =>
        day == DayOfWeek.Sunday ? $"{_shop} is closed on Sundays." : $"{_shop} is open from 9 to 18 on {day}s.";
}
