using GeminiLive.Configuration;
using GeminiLive.Credentials;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Registers the Live part: options (checked at start), the socket, and the factory of sessions.</summary>
public static class LiveSetup
{
    /// <summary>Binds section <c>Live</c>; what it lacks may come from the environment (<see cref="Complete"/>).</summary>
    public static IServiceCollection AddLive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LiveOptions>()
            .Bind(configuration.GetSection(LiveOptions.Section))
            .PostConfigure(options => Complete(options, configuration))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<LiveOptions>, LiveOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new CredentialStore(
            defaultFile: First(configuration, "GOOGLE_APPLICATION_CREDENTIALS"),
            timeProvider: provider.GetRequiredService<TimeProvider>(), logger: provider.GetRequiredService<ILogger<LiveClient>>()));
        services.AddSingleton<ILiveConnector>(provider => new WebSocketConnector(
            provider.GetRequiredService<IOptions<LiveOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LiveClientFactory(
            provider.GetRequiredService<IOptions<LiveOptions>>(), provider.GetRequiredService<ILiveConnector>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LiveClient>>(), provider.GetRequiredService<CredentialStore>()));
        services.AddHostedService<LiveWarmService>();
        return services;
    }

    /// <summary>Section <c>Live</c> as the sessions will see it, not yet checked.</summary>
    public static LiveOptions Read(IConfiguration configuration)
    {
        var options = new LiveOptions();
        configuration.GetSection(LiveOptions.Section).Bind(options);
        Complete(options, configuration);
        return options;
    }

    /// <summary>Whether anything is configured to sign in with; without it only a simulated server can be talked to.</summary>
    public static bool HasCredentials(IConfiguration configuration) => HasCredentials(Read(configuration));

    /// <inheritdoc cref="HasCredentials(IConfiguration)"/>
    public static bool HasCredentials(LiveOptions options) =>
        options is not null
        && (TargetResolver.BackendOf(options) == LiveBackend.Vertex || options.ApiKey is not null || TargetResolver.Text(options.EphemeralToken) is not null);

    /// <summary>Checks what an agent says of its sessions, by itself and against what its model has.</summary>
    /// <param name="options">Section <c>Live</c>.</param>
    /// <param name="agent">What the agent says itself.</param>
    /// <param name="path">Its place in the configuration.</param>
    /// <returns>All faults, one sentence each: key, value, what is allowed.</returns>
    public static IReadOnlyCollection<string> Check(LiveOptions options, LiveSessionSettings agent, string path)
    {
        var faults = new FaultList(path);
        var merged = agent.Over(options);
        SettingsChecks.Check(agent, faults);
        SettingsChecks.CheckModel(LiveOptions.Section, merged, agent, options, new ModelProfiles(options.Profiles), faults);
        if (TargetResolver.Text(agent.Model) is not null)
            SettingsChecks.CheckFallbacks(agent, options, faults);
        if (string.Equals(merged.ResponseModality, "TEXT", StringComparison.OrdinalIgnoreCase))
            faults.Refuse(nameof(merged.ResponseModality), merged.ResponseModality, "an agent on the phone must speak; use AUDIO");
        return faults;
    }

    // The names that Google's own libraries read.
    private static void Complete(LiveOptions options, IConfiguration configuration)
    {
        LiveTargetOptions[] places = [options, .. options.Fallbacks];
        foreach (var place in places)
        {
            var isVertex = TargetResolver.BackendOf(place, options) == LiveBackend.Vertex;
            var isOfItsOwn = place == options || TargetResolver.BackendOf(place, options) != TargetResolver.BackendOf(options);
            place.ApiKey = TargetResolver.Text(place.ApiKey) ?? (isVertex || !isOfItsOwn ? null : First(configuration, "GEMINI_API_KEY", "GOOGLE_API_KEY"));
            if (!isVertex || !isOfItsOwn || place.ApiKey is not null)
                continue;
            place.Project = TargetResolver.Text(place.Project) ?? First(configuration, "GOOGLE_CLOUD_PROJECT");
            place.Location = TargetResolver.Text(place.Location) ?? First(configuration, "GOOGLE_CLOUD_LOCATION");
        }
    }

    private static string? First(IConfiguration configuration, params IReadOnlyList<string> names) =>
        names.Select(name => TargetResolver.Text(configuration[name])).FirstOrDefault(value => value is not null);
}
