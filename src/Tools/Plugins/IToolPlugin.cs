using Microsoft.Extensions.Configuration;

namespace Tools.Plugins;

/// <summary>The entry of a plugin assembly: one public class with a parameterless constructor implements it.</summary>
/// <remarks>A plugin that is also <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/> is disposed after its last call.</remarks>
public interface IToolPlugin
{
    /// <summary>Makes the plugin's tools; called once.</summary>
    /// <param name="host">What the service lends the plugin.</param>
    IEnumerable<Tool> CreateTools(IToolPluginHost host);
}

/// <summary>What the service lends a plugin.</summary>
public interface IToolPluginHost
{
    /// <summary>The plugin's own settings: <c>Tools:Plugins:NAME:Settings</c>.</summary>
    IConfiguration Settings { get; }

    /// <summary>Makes loggers that write where the service writes.</summary>
    ILoggerFactory Loggers { get; }

    /// <summary>The service's clock.</summary>
    TimeProvider Time { get; }
}
