using Microsoft.Extensions.Options;
using Telephony;
using Telephony.Calls;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Live;
using VoiceAgent.Observability;

namespace VoiceAgent.Hosting;

/// <summary>Registers the whole service; the only place besides <c>TelephonySetup</c> and <c>LiveSetup</c> that reads configuration.</summary>
internal static class VoiceAgentSetup
{
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">All sections.</param>
    /// <param name="configurationFolder">Folder that relative file names in the configuration start from.</param>
    public static IServiceCollection AddVoiceAgent(this IServiceCollection services, IConfiguration configuration, string configurationFolder)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddTelephony(configuration);
        services.AddLive(configuration);
        services.AddChecked<AgentOptions, AgentOptionsValidator>(configuration, AgentOptions.Section);
        services.AddChecked<CallOptions, CallOptionsValidator>(configuration, CallOptions.Section);
        services.AddChecked<HttpOptions, HttpOptionsValidator>(configuration, HttpOptions.Section);
        services.AddCalls(configuration, configurationFolder);
        services.AddSingleton<VoiceAgentService>().AddHostedService(provider => provider.GetRequiredService<VoiceAgentService>());
        services.AddOptions<HostOptions>().Configure<IOptions<CallOptions>>((host, calls) =>
            host.ShutdownTimeout = VoiceAgentService.LongestStop(calls.Value.DrainGrace));
        return services;
    }

    private static void AddCalls(this IServiceCollection services, IConfiguration configuration, string configurationFolder)
    {
        services.AddSingleton<AgentDirectory>().AddSingleton<VoiceAgentMetrics>().AddSingleton<InboundCalls>();
        services.AddSingleton<ICallHandler>(provider => provider.GetRequiredService<InboundCalls>());
        services.AddSingleton(provider => new CallTable(provider.GetRequiredService<IOptions<CallOptions>>().Value.MaxCalls));
        services.AddSingleton(provider => new ApologyLibrary(provider.GetRequiredService<IOptions<CallOptions>>().Value, configurationFolder));
        services.AddSingleton(provider => new CallServices(
            provider.GetRequiredService<IOptions<CallOptions>>().Value,
            provider.GetRequiredService<LiveClientFactory>(),
            provider.GetRequiredService<ApologyLibrary>(),
            [.. provider.GetServices<ICallObserver>()],
            provider.GetRequiredService<VoiceAgentMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CallSession>>()));
        if (configuration[$"{CallOptions.Section}:{nameof(CallOptions.RecordFolder)}"] is { Length: > 0 } folder)
            services.AddSingleton<ICallObserver>(provider => new RecordFolder(Path.GetFullPath(folder), provider.GetRequiredService<ILogger<RecordFolder>>()));
    }

    // A key that no setting has is a typing error, and fails the start like a wrong value.
    private static void AddChecked<TOptions, TValidator>(this IServiceCollection services, IConfiguration configuration, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddSingleton<IValidateOptions<TOptions>, TValidator>();
        services.AddOptions<TOptions>().Bind(configuration.GetSection(section), binder => binder.ErrorOnUnknownConfiguration = true).ValidateOnStart();
    }
}
