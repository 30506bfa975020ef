using Microsoft.Extensions.Options;
using Tools.Http;
using Tools.Invocation;
using Tools.Mcp;
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

    /// <summary>Web calls that are declared here, by the name of their source.</summary>
    public Dictionary<string, HttpSourceOptions> Http { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Servers of the Model Context Protocol by name.</summary>
    public Dictionary<string, McpSourceOptions> Mcp { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>.NET plugins by name.</summary>
    public Dictionary<string, PluginOptions> Plugins { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rules of single tools by the tool's name, over what their source says.</summary>
    public Dictionary<string, ToolPolicyOptions> Policies { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is never written into records, logs and the ledger; read once at the start.</summary>
    public RedactionOptions Redaction { get; init; } = new();
}

/// <summary>Refuses what only the making of the parts would find out.</summary>
public sealed class ToolOptionsValidator : IValidateOptions<ToolOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ToolOptions options)
    {
        try
        {
            _ = new Redaction(options.Redaction);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException unfit)
        {
            return ValidateOptionsResult.Fail(unfit.Message);
        }
    }
}
