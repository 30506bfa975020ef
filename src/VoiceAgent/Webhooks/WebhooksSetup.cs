using Microsoft.Extensions.Options;
using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;

namespace VoiceAgent.Webhooks;

/// <summary>Registers what tells other systems of calls.</summary>
internal static class WebhooksSetup
{
    /// <param name="services">Where to register; before what has calls, so that it stops after them.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<WebhookOptions, WebhookOptionsValidator>(configuration, WebhookOptions.Section);
        services.AddSingleton(provider => new DeliverySender(NewHttp(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DeliverySender>>()));
        services.AddHostedService(provider => provider.GetRequiredService<DeliverySender>());
        if (configuration.GetSection($"{WebhookOptions.Section}:{nameof(WebhookOptions.Targets)}").GetChildren().Any())
        {
            services.AddSingleton<ICallObserver>(provider => new CallWebhooks(
                provider.GetRequiredService<IOptions<WebhookOptions>>().Value, provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.InstanceName,
                provider.GetRequiredService<DeliverySender>(), provider.GetRequiredService<TimeProvider>()));
        }
        return services;
    }

    /// <summary>Sends and looks at the status only: no redirect leads it to where nobody has allowed, and no name is held for ever.</summary>
    internal static HttpMessageInvoker NewHttp() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    });
}
