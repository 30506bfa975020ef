using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GeminiLive;

/// <summary>Registers the Live part: options (checked at start), the socket, and the factory of sessions.</summary>
internal static class LiveSetup
{
    /// <summary>Binds section <c>Live</c>; the key falls back to the environment's <c>GEMINI_API_KEY</c>, then <c>GOOGLE_API_KEY</c>.</summary>
    public static IServiceCollection AddLive(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LiveOptions>()
            .Bind(configuration.GetSection(LiveOptions.Section))
            .PostConfigure(options => options.ApiKey = FindApiKey(configuration))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<LiveOptions>, LiveOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ILiveConnector, WebSocketConnector>();
        services.AddSingleton<LiveClientFactory>();
        return services;
    }

    /// <summary>The key that sessions will use, or null when none is configured.</summary>
    public static string? FindApiKey(IConfiguration configuration)
    {
        string[] places = [$"{LiveOptions.Section}:{nameof(LiveOptions.ApiKey)}", "GEMINI_API_KEY", "GOOGLE_API_KEY"];
        return places.Select(place => configuration[place]?.Trim()).FirstOrDefault(key => !string.IsNullOrEmpty(key));
    }
}
