using GeminiLive;
using Microsoft.Extensions.Options;
using VoiceAgent.Agents;
using VoiceAgent.Hosting;

namespace VoiceAgent.Commands;

/// <summary>The service as configured but not started: what <c>check</c> and <c>token</c> look at.</summary>
/// <remarks>Built by <see cref="Open"/>, which refuses what <c>run</c> would refuse.</remarks>
internal sealed class ConfiguredService : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ConfiguredService(ServiceProvider services, bool hasCredentials) => (_services, HasCredentials) = (services, hasCredentials);

    /// <summary>Whether there is anything to sign in with, or an address that was configured and may need nothing.</summary>
    public bool HasCredentials { get; }

    /// <summary>Makes sessions.</summary>
    public LiveClientFactory Live => _services.GetRequiredService<LiveClientFactory>();

    /// <summary>The agents.</summary>
    public AgentOptions Agents => _services.GetRequiredService<IOptions<AgentOptions>>().Value;

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; several wrong sections come as an <see cref="AggregateException"/> of these.</exception>
    /// <exception cref="FileNotFoundException">There is no configuration file.</exception>
    public static ConfiguredService Open(string? configurationFile)
    {
        var file = ConfigurationFile.Find(configurationFile);
        var configuration = VoiceAgentHost.ReadConfiguration(file);
        var collection = new ServiceCollection();
        collection.AddLogging().AddVoiceAgent(configuration, Path.GetDirectoryName(file)!);
        var services = collection.BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        var live = services.GetRequiredService<LiveClientFactory>().Options;
        return new ConfiguredService(services, LiveSetup.HasCredentials(configuration) || !string.IsNullOrEmpty(live.Endpoint));
    }

    /// <summary>An agent's session as a call would ask for it.</summary>
    public LiveSessionConfig Configure(AgentProfile agent) => Live.Configure(agent) with { SystemInstruction = agent.Instructions, Greeting = agent.Greeting };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
