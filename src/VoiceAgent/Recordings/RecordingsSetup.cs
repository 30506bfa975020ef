using Microsoft.Extensions.Options;
using VoiceAgent.Agents;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.Recordings;

/// <summary>Registers the recording of calls, and the reading of what was recorded.</summary>
internal static class RecordingsSetup
{
    /// <param name="services">Where to register; before what has calls, so that it stops after them.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddRecordings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<RecordingOptions, RecordingOptionsValidator>(configuration, RecordingOptions.Section);
        services.AddSingleton<IValidateOptions<AgentOptions>>(new AgentRecordingValidator(configuration[$"{RecordingOptions.Section}:{nameof(RecordingOptions.Key)}"] is { Length: > 0 }));
        services.AddSingleton(provider => new RecordingKeys(provider.GetRequiredService<IOptions<RecordingOptions>>().Value));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<RecordingOptions>>().Value;
            var days = options.RetentionDays ?? provider.GetRequiredService<IOptions<RecordOptions>>().Value.RetentionDays;
            return new Recorder(
                options, provider.GetRequiredService<RecordingKeys>(), TimeSpan.FromDays(days), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Recorder>>());
        });
        return services.AddHostedService(provider => provider.GetRequiredService<Recorder>());
    }
}
