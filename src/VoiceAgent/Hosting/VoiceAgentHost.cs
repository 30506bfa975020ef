using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceAgent.Records;
using VoiceAgent.Observability;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Hosting;

/// <summary>Builds the whole service from a configuration file: what <c>run</c>, <c>demo</c> and the end-to-end tests start.</summary>
internal static class VoiceAgentHost
{
    /// <summary>A service that is built but not started.</summary>
    /// <param name="configurationFile">See <see cref="ConfigurationFile"/>.</param>
    /// <param name="settings">Settings that stand above file and environment.</param>
    /// <param name="configureServices">Additions, such as a reader of the calls' timelines.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; several wrong sections come as an <see cref="AggregateException"/> of these.</exception>
    public static WebApplication Build(string configurationFile, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection>? configureServices = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "voiceagent" });
        Read(builder.Configuration, configurationFile, settings);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Services.Replace(ServiceDescriptor.Singleton(MaskedLogging.Of));
        // A start that fails is told by the command, in words; the host's own line would be its stack.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore().AddMetrics();
        builder.Services.AddVoiceAgent(builder.Configuration, Path.GetDirectoryName(configurationFile)!);
        OtlpExport.AddLogs(builder.Logging, builder.Configuration);
        builder.Services.AddSingleton(provider => new ConfigurationWatch(
            configurationFile, Read(new ConfigurationBuilder(), configurationFile, settings).Build(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConfigurationWatch>>()));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ConfigurationWatch>());
        configureServices?.Invoke(builder.Services);
        var app = builder.Build();
        // Now, and not when the first part is built, so that all complaints come at once.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Urls.Add(builder.Configuration[$"{HttpOptions.Section}:{nameof(HttpOptions.Listen)}"] ?? HttpOptions.DefaultListen);
        app.UseTrustedProxies();
        app.UseRouting();
        app.MapHealthEndpoints();
        app.MapOutboundEndpoints();
        app.MapLadder();
        app.MapMetrics();
        app.MapDrainEndpoints();
        app.MapConsole();
        return app;
    }

    /// <summary>The configuration that <see cref="Build"/> would use.</summary>
    public static IConfiguration ReadConfiguration(string configurationFile) =>
        Read(new ConfigurationBuilder(), configurationFile, new Dictionary<string, string?>(StringComparer.Ordinal)).Build();

    // A section that nobody reads is a typing error, in included files too.
    private static void ThrowIfUnknownSection(IEnumerable<string> files)
    {
        foreach (var path in files)
        {
            var file = new ConfigurationBuilder().AddJsonFile(path, optional: false).Build();
            var faults = SettingsCheck.UnknownSections(file, [.. VoiceAgentSetup.Sections.Select(section => section.Key), "Logging", ConfigurationFile.Include]).ToList();
            if (faults.Count > 0)
                throw new OptionsValidationException(path, typeof(VoiceAgentHost), faults);
        }
    }

    private static TBuilder Read<TBuilder>(TBuilder builder, string configurationFile, IReadOnlyDictionary<string, string?> settings)
        where TBuilder : IConfigurationBuilder
    {
        string[] files = [configurationFile, .. ConfigurationFile.Included(configurationFile)];
        ThrowIfUnknownSection(files);
        foreach (var file in files)
            builder.AddJsonFile(file, optional: false);
        builder.AddEnvironmentVariables().AddInMemoryCollection(settings);
        return builder;
    }
}
