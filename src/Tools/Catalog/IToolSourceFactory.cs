using Microsoft.Extensions.Configuration;

namespace Tools.Catalog;

/// <summary>Makes the sources of one kind from the configuration; one for each of HTTP, MCP, plugins and the CRM.</summary>
public interface IToolSourceFactory
{
    /// <summary>The sources that a configuration asks for, not loaded yet.</summary>
    /// <param name="tools">Section <c>Tools</c>.</param>
    /// <exception cref="ToolSourceException">The configuration is wrong; all faults in one message, a line each.</exception>
    IReadOnlyList<IToolSource> Create(IConfiguration tools);
}
