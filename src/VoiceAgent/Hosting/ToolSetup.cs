using Crm;
using GeminiLive;
using Microsoft.Extensions.Options;
using Storage;
using Tools;
using Tools.Catalog;
using Tools.Http;
using Tools.Invocation;
using Tools.Ledger;
using Tools.Mcp;
using Tools.Plugins;
using VoiceAgent.Agents;
using VoiceAgent.Observability;
using VoiceAgent.PhoneTools;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Hosting;

/// <summary>Registers the tools: each kind of source, the catalogue over them, and what loads it before calls are taken.</summary>
internal static class ToolSetup
{
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddTools(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ToolOptions, ToolOptionsValidator>(configuration, ToolOptions.Section, CrmOptions.Section);
        services.AddSources().AddLedger();
        services.AddSingleton(provider => new Redaction(provider.GetRequiredService<IOptions<ToolOptions>>().Value.Redaction));
        services.AddSingleton(provider => new ToolServices(
            provider.GetRequiredService<IToolLedger>(), provider.GetRequiredService<Redaction>(),
            new ToolGates(provider.GetRequiredService<ILogger<ToolGates>>(), provider.GetRequiredService<Redaction>()), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CallTools>>()));
        services.AddSingleton(provider => Catalog(provider, configuration));
        services.AddSingleton<ToolCatalogMetrics>();
        return services.AddHostedService<ToolService>();
    }

    private static IServiceCollection AddSources(this IServiceCollection services)
    {
        services.AddSingleton<IToolSourceFactory>(provider => new HttpToolFactory(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IToolSourceFactory>(provider => new McpToolFactory(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IToolSourceFactory>(provider => new CrmFactory(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<IToolSourceFactory, PhoneToolFactory>();
        return services.AddSingleton<IToolSourceFactory>(provider => new PluginFactory(
            Environment.CurrentDirectory, provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddLedger(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ToolLedger(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IOptions<DatabaseOptions>>().Value, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<DatabaseLedger>>()));
        services.AddSingleton<IToolLedger>(provider => provider.GetRequiredService<ToolLedger>());
    }

    private static ToolCatalog Catalog(IServiceProvider provider, IConfiguration root) => new(
        [.. provider.GetServices<IToolSourceFactory>()], root, ToolDeclarations.Fault, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>())
    {
        AgentFaults = (agent, tools) => AgentFaults(
            provider.GetRequiredService<AgentDirectory>().Options, agent, tools, profile => provider.GetRequiredService<LiveClientFactory>().Configure(profile)),
    };

    /// <summary>What speaks against an agent's tools: a model that cannot have them.</summary>
    /// <param name="agents">All agents.</param>
    /// <param name="agent">Name of the agent.</param>
    /// <param name="tools">Its tools.</param>
    /// <param name="configure">What its session asks for.</param>
    public static IEnumerable<string> AgentFaults(AgentOptions agents, string agent, IReadOnlyList<Tool> tools, Func<AgentProfile, LiveSessionConfig> configure)
    {
        if (!agents.Profiles.TryGetValue(agent, out var profile))
            yield break;
        var tellable = new ToolSet(tools.DistinctBy(tool => tool.Name).Where(tool => ToolDeclarations.Fault(tool) is null));
        if (LiveClientFactory.Fault(configure(profile) with { Functions = ToolDeclarations.Of(tellable) }) is { } fault)
            yield return $"{AgentOptions.Section}:{nameof(AgentOptions.Profiles)}:{agent}:{nameof(AgentProfile.Tools)} is not possible: {fault}";
    }
}
