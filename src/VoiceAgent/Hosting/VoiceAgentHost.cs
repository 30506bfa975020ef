using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.Observability;
using VoiceAgent.Records;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Hosting;

/// <summary>Builds the whole service from a configuration file: what <c>run</c>, <c>demo</c> and the end-to-end tests start.</summary>
internal static class VoiceAgentHost
{
    // Probes, a few operators, and systems that have calls made: what opens more means no good.
    private const int MaxConnections = 1_000;

    /// <summary>A service that is built but not started.</summary>
    /// <param name="configurationFile">See <see cref="ConfigurationFile"/>.</param>
    /// <param name="settings">Settings that stand above file and environment.</param>
    /// <param name="configureServices">Additions, such as a reader of the calls' timelines.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; several wrong sections come as an <see cref="AggregateException"/> of these.</exception>
    public static WebApplication Build(string configurationFile, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configureServices = null)
    {
        var signal = new ReloadSignal();   // first: until there is one, the signal ends the process
        try
        {
            return Assemble(configurationFile, settings, configureServices, signal);
        }
        catch
        {
            signal.Dispose();
            throw;
        }
    }

    private static WebApplication Assemble(string configurationFile, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configureServices, ReloadSignal signal)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "voiceagent" });
        var source = new SettingsSource(configurationFile, settings);
        ThrowIfFaulty(source, source.AddTo(builder.Configuration));
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(MaskedLogging.Of));
        // A start that fails is told by the command, in words; the host's own line would be its stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => (kestrel.Limits.MaxConcurrentConnections, kestrel.Limits.MaxConcurrentUpgradedConnections) = (MaxConnections, MaxConnections));
        builder.Services.AddRoutingCore().AddMetrics();
        builder.Services.AddVoiceAgent(builder.Configuration, Path.GetDirectoryName(configurationFile)!);
        OtlpExport.AddLogs(builder.Logging, builder.Configuration);
        builder.Services.AddReload(source, builder.Configuration, signal);
        configureServices?.Invoke(builder.Services);
        var app = builder.Build();
        app.Urls.Add(builder.Configuration[$"{HttpOptions.Section}:{nameof(HttpOptions.Listen)}"] ?? HttpOptions.DefaultListen);
        app.UseTrustedProxies();
        app.UseRouting();
        app.UseWebSockets();
        app.MapHealthEndpoints();
        app.MapOutboundEndpoints();
        app.MapLadder();
        app.MapMetrics();
        app.MapDrainEndpoints();
        app.MapReload();
        app.MapClusterEndpoints();
        app.MapConsole();
        return app;
    }

    /// <summary>The configuration that <see cref="Build"/> would use.</summary>
    /// <exception cref="OptionsValidationException">It has a section that nobody reads.</exception>
    public static IConfiguration ReadConfiguration(string configurationFile)
    {
        var source = new SettingsSource(configurationFile, new Dictionary<string, string?>(StringComparer.Ordinal));
        var configuration = source.Read();
        var faults = source.UnknownSections().ToList();
        return faults.Count == 0 ? configuration : throw new OptionsValidationException(configurationFile, typeof(VoiceAgentHost), faults);
    }

    // Before anything is built, so that all complaints come at once.
    private static void ThrowIfFaulty(SettingsSource source, IConfiguration configuration)
    {
        List<string> faults = [.. source.UnknownSections()];
        CheckedSettings.Of(configuration, source.Folder, faults);
        if (faults.Count > 0)
            throw new OptionsValidationException(source.File, typeof(VoiceAgentHost), faults);
    }

    private static void AddReload(this IServiceCollection services, SettingsSource source, IConfiguration started, ReloadSignal signal)
    {
        services.AddSingleton(source).AddSingleton(_ => signal).AddSingleton<ConfigurationWatch>();   // a factory's is disposed with the service
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<Reload>(provider, started));
        services.AddHostedService(provider => provider.GetRequiredService<ConfigurationWatch>());
    }
}
