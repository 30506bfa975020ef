using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Tools;
using Tools.Plugins;
using Words;

namespace First;

public sealed class FirstPlugin : IToolPlugin, IDisposable
{
    private IToolPluginHost? _host;

    public IEnumerable<Tool> CreateTools(IToolPluginHost host)
    {
        _host = host;
        return ToolMethods.Of(this);
    }

    [Tool(Idempotent = true)]
    [Description("Says what the first plugin was told.")]
    public Said FirstWords(string name, ToolContext caller) => new($"{_host!.Settings["Greeting"]} {name} from {caller.CallerNumber}", Greeting.Text, [Tone.Kind]);

    [Tool(Offer = "a call back")]
    [Description("Rings the bell of the shop.")]
    public static string RingBell([Description("How often.")] int times, ToolContext caller) =>
        times > 0 ? $"rung {times} times for {caller.CallerNumber}" : throw new InvalidOperationException("secret inside");

    public void Dispose() => _host?.Loggers.CreateLogger("First").Log(LogLevel.Information, "disposed");
}

public sealed record Said(string Text, string Words, IReadOnlyList<Tone> Tones);

public enum Tone
{
    Kind,
    Curt,
}
