using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Observability.Exposition;
using VoiceAgent.Observability.Tracing;

namespace VoiceAgent.Observability;

/// <summary>Registers what the service tells of itself: <c>/metrics</c>, and what goes out by OTLP.</summary>
internal static class TelemetrySetup
{
    /// <summary>Registers it all.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<TelemetryOptions, TelemetryOptionsValidator>(configuration, TelemetryOptions.Section);
        services.AddSingleton(provider => new MetricsText(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton<CallTracing>().AddSingleton<ICallObserver>(provider => provider.GetRequiredService<CallTracing>());
        services.AddHostedService<OtlpExport>();
        return services.AddSingleton<CapacityMetrics>().AddSingleton<RecordMetrics>().AddSingleton<RecordingMetrics>().AddSingleton<ClusterMetrics>();
    }

    /// <summary>Maps <c>/metrics</c> and begins to count for it; without it there is neither.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<CapacityMetrics>().Start();
        routes.ServiceProvider.GetRequiredService<RecordMetrics>().Start();
        routes.ServiceProvider.GetRequiredService<RecordingMetrics>().Start();
        routes.ServiceProvider.GetRequiredService<ClusterMetrics>().Start();
        var access = routes.ServiceProvider.GetRequiredService<IOptions<TelemetryOptions>>().Value.Metrics;
        if (access == MetricsAccess.Off)
            return;
        var key = new HttpKey(routes.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>().Value.ApiKey);
        var metrics = routes.ServiceProvider.GetRequiredService<MetricsText>();
        metrics.Start();
        routes.MapGet("/metrics", (HttpContext context) =>
        {
            if (access == MetricsAccess.Open || key.OpensFor(context))
                return Results.Text(metrics.Write(), MetricsText.ContentType);
            context.Response.Headers.WWWAuthenticate = HttpKey.Scheme;
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        });
    }
}
