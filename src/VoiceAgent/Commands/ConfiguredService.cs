using GeminiLive;
using Microsoft.Extensions.Options;
using Storage;
using Telephony;
using Telephony.Rtp;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.PhoneTools;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Commands;

/// <summary>The service as configured but not started: what <c>check</c>, <c>token</c> and <c>tools</c> look at.</summary>
/// <remarks>Built by <see cref="OpenAsync"/>, which refuses what <c>run</c> would refuse.</remarks>
internal sealed class ConfiguredService : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private ConfiguredService(ServiceProvider services, bool hasCredentials) => (_services, HasCredentials) = (services, hasCredentials);

    /// <summary>Whether there is anything to sign in with, or an address that was configured and may need nothing.</summary>
    public bool HasCredentials { get; }

    /// <summary>Makes sessions.</summary>
    public LiveClientFactory Live => _services.GetRequiredService<LiveClientFactory>();

    /// <summary>The agents' tools.</summary>
    public ToolCatalog Tools => _services.GetRequiredService<ToolCatalog>();

    /// <summary>What tools run with.</summary>
    public ToolServices ToolServices => _services.GetRequiredService<ToolServices>();

    /// <summary>The service's database.</summary>
    public Database Database => _services.GetRequiredService<Database>();

    /// <summary>What is kept of calls.</summary>
    public CallArchive Calls => _services.GetRequiredService<CallArchive>();

    /// <summary>The master keys of recordings.</summary>
    public RecordingKeys RecordingKeys => _services.GetRequiredService<RecordingKeys>();

    /// <summary>The recordings of this machine.</summary>
    public RecordingFolder Recordings => _services.GetRequiredService<Recorder>().Folder;

    /// <summary>The nodes that share the database.</summary>
    public ClusterDirectory Cluster => _services.GetRequiredService<ClusterDirectory>();

    /// <summary>The telephone side's settings.</summary>
    public TelephonyOptions Telephony => _services.GetRequiredService<IOptions<TelephonyOptions>>().Value;

    /// <summary>Those of its media.</summary>
    public RtpOptions Rtp => _services.GetRequiredService<IOptions<RtpOptions>>().Value;

    /// <summary>Where the service's state is told.</summary>
    public HttpOptions Http => _services.GetRequiredService<IOptions<HttpOptions>>().Value;

    /// <summary>The agents.</summary>
    public AgentOptions Agents => _services.GetRequiredService<IOptions<AgentOptions>>().Value;

    /// <summary>Who answers which call.</summary>
    public AgentDirectory Routes => _services.GetRequiredService<AgentDirectory>();

    /// <summary>Names of the trunks.</summary>
    public IReadOnlyCollection<string> Trunks => _services.GetRequiredService<IOptions<TelephonyOptions>>().Value.Trunks.Keys;

    /// <summary>Reads the configuration.</summary>
    /// <param name="configurationFile">The file; null to look for it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="loadsTools">False for what needs none of them, and shall work when they do not.</param>
    /// <param name="warnings">Takes what the service would log as a warning; null drops it.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; several wrong sections come as an <see cref="AggregateException"/> of these.</exception>
    /// <exception cref="FileNotFoundException">There is no configuration file.</exception>
    /// <exception cref="Tools.ToolSourceException">The tools cannot be used as configured.</exception>
    public static async Task<ConfiguredService> OpenAsync(
        string? configurationFile, CancellationToken cancellation, bool loadsTools = true, TextWriter? warnings = null)
    {
        var file = ConfigurationFile.Find(configurationFile);
        var configuration = VoiceAgentHost.ReadConfiguration(file);
        var collection = new ServiceCollection();
        collection.AddLogging(logging =>
        {
            if (warnings is not null)
                logging.AddProvider(new WarningLines(warnings)).AddFilter("Tools.Invocation", LogLevel.None);   // what a tool threw is for the service's log
        });
        collection.AddVoiceAgent(configuration, Path.GetDirectoryName(file)!);
        var services = collection.BuildServiceProvider();
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            if (loadsTools)
                await services.GetRequiredService<ToolCatalog>().LoadAsync(cancellation);
        }
        catch
        {
            await services.DisposeAsync();   // servers of tools that were started for nothing
            throw;
        }
        var live = services.GetRequiredService<LiveClientFactory>().Options;
        return new ConfiguredService(services, LiveSetup.HasCredentials(configuration) || !string.IsNullOrEmpty(live.Endpoint));
    }

    /// <summary>An agent's tools as a call would have them that can do everything; to be disposed.</summary>
    public ToolSet RentTools(string agent) =>
        Agents.Profiles.TryGetValue(agent, out var profile) ? PhoneFunctions.Bind(Tools.Rent(agent), NoCall.Instance, profile) : Tools.Rent(agent);

    /// <summary>An agent's session as a call would ask for it, its tools included.</summary>
    /// <param name="agent">Name of the agent; there is one of that name.</param>
    public LiveSessionConfig Configure(string agent)
    {
        var profile = Agents.Profiles[agent];
        using var tools = RentTools(agent);
        return Live.Configure(profile) with { SystemInstruction = profile.Instructions, Greeting = profile.Greeting, Functions = ToolDeclarations.Of(tools) };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
