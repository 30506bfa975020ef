using Microsoft.Extensions.Configuration;
using Tools.Catalog;

namespace Tools.Plugins;

/// <summary>Makes a source of each <c>Tools:Plugins:NAME</c>: an assembly with an <see cref="IToolPlugin"/>.</summary>
/// <param name="baseFolder">Folder that a relative <c>Tools:PluginFolder</c> starts from.</param>
/// <param name="loggers">For the plugins.</param>
/// <param name="time">For the plugins.</param>
public sealed class PluginFactory(string baseFolder, ILoggerFactory loggers, TimeProvider time) : IToolSourceFactory
{
    /// <inheritdoc/>
    public IReadOnlyList<IToolSource> Create(IConfiguration tools)
    {
        var folder = Path.GetFullPath(tools[nameof(ToolOptions.PluginFolder)] ?? new ToolOptions().PluginFolder, baseFolder);
        var faults = new List<string>();
        var sources = tools.GetSection(nameof(ToolOptions.Plugins)).GetChildren().Select(plugin => Create(plugin, folder, faults)).ToList();
        return faults.Count == 0 ? sources : throw new ToolSourceException(string.Join('\n', faults));
    }

    private PluginSource Create(IConfigurationSection plugin, string folder, List<string> faults)
    {
        var assembly = plugin[nameof(PluginOptions.Assembly)] is { Length: > 0 } named ? named : Path.Combine(plugin.Key, plugin.Key + ".dll");
        var file = Path.GetFullPath(assembly, folder);
        if (!File.Exists(file))
            faults.Add($"{plugin.Path}:{nameof(PluginOptions.Assembly)} = '{assembly}': there is no file {file}; put the plugin there, or correct this or {ToolOptions.Section}:{nameof(ToolOptions.PluginFolder)}.");
        return new PluginSource(plugin.Key, plugin.Path, file, new PluginHost(Copy(plugin.GetSection(nameof(PluginOptions.Settings))), loggers, time));
    }

    // As they are now: a change of the file is for the next load of the plugin.
    private static IConfigurationRoot Copy(IConfigurationSection settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.AsEnumerable(makePathsRelative: true).Where(setting => setting.Value is not null)).Build();

    private sealed record PluginHost(IConfiguration Settings, ILoggerFactory Loggers, TimeProvider Time) : IToolPluginHost;
}
