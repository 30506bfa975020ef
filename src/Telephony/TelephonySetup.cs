using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Telephony.Media;
using Telephony.Rtp;

namespace Telephony;

/// <summary>Puts the telephone side into a host's services.</summary>
public static class TelephonySetup
{
    /// <summary>Registers <see cref="TelephonyService"/> and what it needs, with settings from <c>Telephony</c> and <c>Telephony:Rtp</c> that are checked at start.</summary>
    /// <remarks>The host registers its own <see cref="Calls.ICallHandler"/>, and starts and stops the service itself.</remarks>
    public static IServiceCollection AddTelephony(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(TelephonyOptions.Section);
        var rtpSection = configuration.GetSection(RtpOptions.Section);
        services.AddOptions<TelephonyOptions>().Bind(section).ValidateOnStart();
        services.AddOptions<RtpOptions>().Bind(rtpSection).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelephonyOptions>>(new SettingsValidator<TelephonyOptions>(section, new TelephonyOptionsValidator(), rtpSection.Key));
        services.AddSingleton<IValidateOptions<RtpOptions>>(new SettingsValidator<RtpOptions>(rtpSection, new RtpOptionsValidator()));

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TelephonyMetrics>();
        services.AddSingleton(provider => PortRange(provider.GetRequiredService<IOptions<RtpOptions>>().Value));
        services.AddSingleton(provider => new MediaClock(
            provider.GetRequiredService<IOptions<RtpOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton<TelephonyService>();
        return services;
    }

    private static RtpPortRange PortRange(RtpOptions options) =>
        RtpPortRange.TryParse(options.PortRange, out var range)
            ? range
            : throw new OptionsValidationException(RtpOptions.Section, typeof(RtpOptions), [$"{RtpOptions.Section}:PortRange = '{options.PortRange}' is not a port range"]);
}
