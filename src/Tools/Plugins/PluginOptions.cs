using Microsoft.Extensions.Configuration;

namespace Tools.Plugins;

/// <summary>One .NET plugin.</summary>
public sealed class PluginOptions
{
    /// <summary>File of the assembly, below <c>Tools:PluginFolder</c> or a full path; null takes <c>NAME/NAME.dll</c>.</summary>
    public string? Assembly { get; init; }

    /// <summary>What the plugin itself reads, in whatever shape it likes.</summary>
    public IConfigurationSection? Settings { get; init; }
}
