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
    /// <param name="configuration">All sections, for a service without a <see cref="ConfigurationWatch"/>.</param>
    public static IServiceCollection AddTools(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ToolOptions, ToolOptionsValidator>(configuration, ToolOptions.Section, CrmOptions.Section);
        services.AddSources().AddLedger();
        services.AddSingleton(provider => new Redaction(provider.GetRequiredService<IOptions<ToolOptions>>().Value.Redaction));
        services.AddSingleton(provider => new ToolServices(
            provider.GetRequiredService<IToolLedger>(), provider.GetRequiredService<Redaction>(),
            new ToolGates(provider.GetRequiredService<ILogger<ToolGates>>(), provider.GetRequiredService<Redaction>()), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CallTools>>()));
        services.AddSingleton(provider => Catalog(provider, provider.GetService<ConfigurationWatch>()?.Root ?? configuration));
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
        SettingsFaults = changed => SettingsFaults(provider, changed),
        AgentFaults = (agent, tools) => AgentFaults(provider, agent, tools),
    };

    // At the start all sections have been looked at; this is for the changes later.
    private static IEnumerable<string> SettingsFaults(IServiceProvider provider, IConfiguration root)
    {
        const string Profiles = $"{AgentOptions.Section}:{nameof(AgentOptions.Profiles)}";
        var agents = root.GetSection(Profiles).GetChildren().Select(agent => agent.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return VoiceAgentSetup.Sections
            .Where(section => section.Key is ToolOptions.Section or AgentOptions.Section)
            .SelectMany(section => SettingsCheck.Faults(root.GetSection(section.Key), section.Type, section.Inner))
            .Concat(RedactionFaults(root))
            .Concat(provider.GetRequiredService<IOptions<AgentOptions>>().Value.Profiles.Keys.Where(agent => !agents.Contains(agent))
                .Select(agent => $"{Profiles}:{agent} is gone, and answers calls until the next start; leave it there until then."));
    }

    // It is read at the start only, which a fault in it would refuse.
    private static IEnumerable<string> RedactionFaults(IConfiguration root)
    {
        var redaction = root.GetSection(RedactionOptions.Section).Get<RedactionOptions>();
        return redaction is null ? [] : new ToolOptionsValidator().Validate(null, new ToolOptions { Redaction = redaction }).Failures ?? [];
    }

    private static IEnumerable<string> AgentFaults(IServiceProvider provider, string agent, IReadOnlyList<Tool> tools)
    {
        var live = provider.GetRequiredService<LiveClientFactory>();
        if (!provider.GetRequiredService<IOptions<AgentOptions>>().Value.Profiles.TryGetValue(agent, out var profile))
            yield break;   // an agent that was added to the file: it answers after the next start
        var tellable = new ToolSet(tools.DistinctBy(tool => tool.Name).Where(tool => ToolDeclarations.Fault(tool) is null));
        if (LiveClientFactory.Fault(live.Configure(profile) with { Functions = ToolDeclarations.Of(tellable) }) is { } fault)
            yield return $"{AgentOptions.Section}:{nameof(AgentOptions.Profiles)}:{agent}:{nameof(AgentProfile.Tools)} is not possible: {fault}";
    }
}
