using Crm;
using GeminiLive;
using Microsoft.Extensions.Options;
using Storage;
using Telephony;
using Telephony.Calls;
using Telephony.Rtp;
using Telephony.Trunks;
using Tools.Catalog;
using Tools.Invocation;
using VoiceAgent.Agents;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Observability;
using VoiceAgent.Observability.Tracing;
using VoiceAgent.Recordings;
using VoiceAgent.Records;
using VoiceAgent.Rehearsal;
using VoiceAgent.WebConsole;
using VoiceAgent.Webhooks;

namespace VoiceAgent.Hosting;

/// <summary>Registers the whole service; the only place besides <c>TelephonySetup</c> and <c>LiveSetup</c> that reads configuration.</summary>
internal static class VoiceAgentSetup
{
    /// <summary>Every section of the configuration, its options class, and the sections inside it that have one of their own.</summary>
    public static IReadOnlyList<(string Key, Type Type, (string Key, Type Type)[] Inner)> Sections { get; } =
    [
        (TelephonyOptions.Section, typeof(TelephonyOptions), [("Rtp", typeof(RtpOptions))]),
        (LiveOptions.Section, typeof(LiveOptions), []),
        (AgentOptions.Section, typeof(AgentOptions), []),
        (CallOptions.Section, typeof(CallOptions), []),
        (DatabaseOptions.Section, typeof(DatabaseOptions), []),
        (RecordOptions.Section, typeof(RecordOptions), []),
        (RecordingOptions.Section, typeof(RecordingOptions), []),
        (ClusterOptions.Section, typeof(ClusterOptions), []),
        (WebhookOptions.Section, typeof(WebhookOptions), []),
        (ToolOptions.Section, typeof(ToolOptions), [(CrmOptions.Section, typeof(CrmOptions))]),
        (HttpOptions.Section, typeof(HttpOptions), []),
        (ConsoleOptions.Section, typeof(ConsoleOptions), []),
        (TelemetryOptions.Section, typeof(TelemetryOptions), []),
    ];

    /// <param name="services">Where to register.</param>
    /// <param name="configuration">All sections.</param>
    /// <param name="configurationFolder">Folder that relative file names in the configuration start from.</param>
    /// <exception cref="OptionsValidationException">A key is unknown, or a value not of its kind.</exception>
    public static IServiceCollection AddVoiceAgent(this IServiceCollection services, IConfiguration configuration, string configurationFolder)
    {
        ThrowIfUnreadable(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddTelephony(configuration);
        services.AddLive(configuration);
        services.AddChecked<AgentOptions, AgentOptionsValidator>(configuration, AgentOptions.Section);
        services.AddSingleton<IValidateOptions<AgentOptions>>(new AgentLiveValidator(LiveSetup.Read(configuration)));
        services.AddSingleton<IValidateOptions<AgentOptions>>(
            new AgentLastStepValidator(configuration[$"{CallOptions.Section}:{nameof(CallOptions.TransferTarget)}"]));
        services.AddSingleton<IValidateOptions<AgentOptions>>(AgentRouteValidator.Of(configuration));
        services.AddSingleton<IValidateOptions<AgentOptions>>(AgentTransferValidator.Of(configuration));
        services.AddChecked<CallOptions, CallOptionsValidator>(configuration, CallOptions.Section);
        services.AddChecked<HttpOptions, HttpOptionsValidator>(configuration, HttpOptions.Section);
        services.AddChecked<DatabaseOptions, DatabaseOptionsValidator>(configuration, DatabaseOptions.Section);
        services.AddSingleton(provider => new Database(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddRecords(configuration).AddCluster(configuration).AddRecordings(configuration).AddWebhooks(configuration);
        services.AddTools(configuration);
        services.AddTelemetry(configuration);
        services.AddConsole(configuration);
        services.AddCalls(configuration, configurationFolder);
        services.AddSingleton<VoiceAgentService>().AddHostedService(provider => provider.GetRequiredService<VoiceAgentService>());
        services.AddSingleton<Readiness>().AddHostedService<LiveProbe>();
        services.AddOptions<HostOptions>().Configure<IOptions<CallOptions>>((host, calls) => host.ShutdownTimeout = VoiceAgentService.StopLimit(calls.Value));
        return services;
    }

    private static void AddCalls(this IServiceCollection services, IConfiguration configuration, string configurationFolder)
    {
        services.AddSingleton<AgentDirectory>().AddSingleton<VoiceAgentMetrics>().AddSingleton<InboundCalls>().AddSingleton<CallRunner>().AddSingleton<OutboundCalls>();
        services.AddSingleton<ICallHandler>(provider => provider.GetRequiredService<InboundCalls>()).AddSingleton<ICallRehearsal, CallRehearsal>();
        services.AddSingleton(provider => new CallTable(provider.GetRequiredService<IOptions<CallOptions>>().Value.MaxCalls, provider.GetService<LiveAllowance>()));
        services.AddSingleton(provider => new AnnouncementLibrary(provider.GetRequiredService<IOptions<CallOptions>>().Value, configurationFolder));
        services.AddSingleton(provider => new CallServices(
            provider.GetRequiredService<IOptions<CallOptions>>().Value,
            provider.GetRequiredService<LiveClientFactory>(),
            provider.GetRequiredService<AnnouncementLibrary>(),
            [.. provider.GetServices<ICallObserver>()],
            provider.GetRequiredService<VoiceAgentMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<CallSession>>())
        {
            RentTools = provider.GetRequiredService<ToolCatalog>().Rent,
            Tools = provider.GetRequiredService<ToolServices>(),
            Tracing = provider.GetRequiredService<CallTracing>(),
            Recorder = provider.GetRequiredService<RecordingKeys>().HasKey ? provider.GetRequiredService<Recorder>() : null,
            Records = provider.GetRequiredService<IOptions<RecordOptions>>().Value,
            // Asked for late: the telephony has the calls that come in, which have these.
            HoldsBySip = trunk => provider.GetRequiredService<IOptions<TelephonyOptions>>().Value.Trunks.TryGetValue(trunk, out var options) && options.Hold == TrunkHold.Sip,
            SecondLegs = new SecondLegs(request => provider.GetRequiredService<TelephonyService>().DialAsync(request), provider.GetRequiredService<CallTable>()),
        });
        if (configuration[$"{CallOptions.Section}:{nameof(CallOptions.RecordFolder)}"] is { Length: > 0 } folder)
            services.AddSingleton<ICallObserver>(provider => new RecordFolder(Path.GetFullPath(folder), provider.GetRequiredService<ILogger<RecordFolder>>()));
    }

    internal static void AddChecked<TOptions, TValidator>(this IServiceCollection services, IConfiguration configuration, string key, params string[] inner)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>, new()
    {
        var section = configuration.GetSection(key);
        services.AddSingleton<IValidateOptions<TOptions>>(new SettingsValidator<TOptions>(section, new TValidator(), inner));
        services.AddOptions<TOptions>().Bind(section).ValidateOnStart();
    }

    // A key that no setting has is a typing error, and fails the start like a wrong value.
    private static void ThrowIfUnreadable(IConfiguration configuration)
    {
        var faults = SettingsCheck.Faults(configuration);
        if (faults.Count > 0)
            throw new OptionsValidationException("configuration", typeof(VoiceAgentSetup), faults.Select(fault => fault.Text));
    }
}
