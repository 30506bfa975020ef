using Microsoft.Extensions.Options;
using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.Webhooks;

/// <summary>Registers what tells other systems of calls.</summary>
internal static class WebhooksSetup
{
    /// <param name="services">Where to register; before what has calls, so that it stops after them.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<WebhookOptions, WebhookOptionsValidator>(configuration, WebhookOptions.Section);
        if (configuration.GetSection($"{WebhookOptions.Section}:{nameof(WebhookOptions.Targets)}").GetChildren().Any())
            services.AddEvents(configuration);
        services.AddSingleton(provider => new DeliverySender(NewHttp(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DeliverySender>>()));
        services.AddHostedService(provider => provider.GetRequiredService<DeliverySender>());
        return services;
    }

    private static void AddEvents(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetSection(RecordOptions.Section).GetValue(nameof(RecordOptions.Enabled), true))
        {
            // Before the sender, so that it stops after it and knows what was taken at last.
            services.AddSingleton<ToldEnds>().AddHostedService(provider => new UntoldEnds(
                provider.GetRequiredService<Database>(), Instance(provider), provider.GetRequiredService<CallWebhooks>(), provider.GetRequiredService<ToldEnds>(), provider.GetRequiredService<RecordWriter>().Unfinished,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<UntoldEnds>>()));
        }
        services.AddSingleton(provider => new CallWebhooks(
            provider.GetRequiredService<IOptions<WebhookOptions>>().Value, Instance(provider), provider.GetRequiredService<DeliverySender>(), provider.GetService<ToldEnds>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICallObserver>(provider => provider.GetRequiredService<CallWebhooks>());
    }

    private static string Instance(IServiceProvider provider) => provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.InstanceName;

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
