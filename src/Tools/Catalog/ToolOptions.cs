using Tools.Plugins;

namespace Tools.Catalog;

/// <summary>Where tools come from, and the rules under which they run.</summary>
/// <remarks>Read anew when the configuration file changes; new calls then have the new tools.</remarks>
public sealed class ToolOptions
{
    /// <summary>Configuration section of these settings.</summary>
    public const string Section = "Tools";

    /// <summary>Folder that the assemblies of plugins lie in; a relative one starts at the folder that the service was started in.</summary>
    public string PluginFolder { get; init; } = "plugins";

    /// <summary>.NET plugins by name.</summary>
    public Dictionary<string, PluginOptions> Plugins { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rules of single tools by the tool's name, over what their source says.</summary>
    public Dictionary<string, ToolPolicyOptions> Policies { get; init; } = new(StringComparer.OrdinalIgnoreCase);
}
