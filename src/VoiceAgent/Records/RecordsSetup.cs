using Microsoft.Extensions.Options;
using Storage;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;

namespace VoiceAgent.Records;

/// <summary>Registers the keeping of calls, and the reading of what was kept.</summary>
internal static class RecordsSetup
{
    /// <param name="services">Where to register; before what has calls, so that it stops after them.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddRecords(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<RecordOptions, RecordOptionsValidator>(configuration, RecordOptions.Section);
        services.AddSingleton(provider => new RecordPrivacy(provider.GetRequiredService<Redaction>(), provider.GetRequiredService<IOptions<RecordOptions>>().Value));
        services.AddSingleton(provider => new CallArchive(provider.GetRequiredService<Database>()));
        services.AddSingleton(provider => new RecordNotes(provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RecordWriter(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.InstanceName,
            provider.GetRequiredService<IOptions<RecordOptions>>().Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RecordWriter>>()));
        if (configuration.GetSection(RecordOptions.Section).GetValue(nameof(RecordOptions.Enabled), true))
        {
            services.AddSingleton<ICallObserver>(provider => provider.GetRequiredService<RecordWriter>());
            services.AddHostedService(provider => provider.GetRequiredService<RecordWriter>());
        }
        return services;
    }
}
