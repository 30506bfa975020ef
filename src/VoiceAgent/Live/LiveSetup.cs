using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace VoiceAgent.Live;

/// <summary>Registers the Live part: options (checked at start), the socket, and the factory of sessions.</summary>
internal static class LiveSetup
{
    /// <summary>Binds section <c>Live</c>; the key falls back to the environment's <c>GEMINI_API_KEY</c>, then <c>GOOGLE_API_KEY</c>.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LiveOptions>()
            .Bind(configuration.GetSection(LiveOptions.Section))
            .PostConfigure(options => options.ApiKey = FirstFilled(
                options.ApiKey, configuration["GEMINI_API_KEY"], configuration["GOOGLE_API_KEY"]))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<LiveOptions>, LiveOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ILiveConnector, WebSocketConnector>();
        services.AddSingleton<LiveClientFactory>();
        return services;
    }

    private static string? FirstFilled(params string?[] keys) => keys.FirstOrDefault(key => !string.IsNullOrWhiteSpace(key))?.Trim();
}
