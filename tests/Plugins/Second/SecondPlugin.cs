using Tools;
using Tools.Plugins;
using Words;

namespace Second;

public sealed class SecondPlugin : IToolPlugin
{
    public IEnumerable<Tool> CreateTools(IToolPluginHost host) => [ToolMethods.From(() => Greeting.Text, "second_words", "Says what the second plugin was told.")];
}
