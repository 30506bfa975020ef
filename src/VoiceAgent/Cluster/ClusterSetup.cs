using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Storage;
using Telephony;
using VoiceAgent.Calls;
using VoiceAgent.Hosting;
using VoiceAgent.Records;

namespace VoiceAgent.Cluster;

/// <summary>Registers what makes this service one node among several, where it is.</summary>
internal static class ClusterSetup
{
    // Beyond Calls:MaxDuration: a transfer that has begun, or the last words.
    private static readonly TimeSpan EndOfCall = TimeSpan.FromMinutes(10);

    /// <param name="services">Where to register; before what has calls, so that it stops after them.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddCluster(this IServiceCollection services, IConfiguration configuration)
    {
        var provider = configuration.GetSection(DatabaseOptions.Section).GetValue(nameof(DatabaseOptions.Provider), DatabaseProvider.Sqlite);
        services.AddChecked<ClusterOptions, ClusterOptionsValidator>(configuration, ClusterOptions.Section);
        services.AddSingleton<IValidateOptions<ClusterOptions>>(new ClusterDatabaseValidator(provider));
        services.AddSingleton<ClusterHealth>();
        services.AddSingleton(services => new ClusterDirectory(services.GetRequiredService<Database>(), Name(services), Options(services)));
        var options = configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new ClusterOptions();
        if (!options.IsOn(provider))
            return services;
        if (options.LiveSessions > 0)
            services.AddSingleton<LiveAllowance>();
        services.AddSingleton(Node);
        return services.AddHostedService(services => services.GetRequiredService<ClusterNode>());
    }

    private static ClusterNode Node(IServiceProvider services)
    {
        var (database, options, calls, records) = (services.GetRequiredService<Database>(), Options(services), services.GetRequiredService<CallTable>(), services.GetRequiredService<RecordWriter>());
        var gap = options.NodeTimeout / 2;
        var longest = options.LeaseTime + services.GetRequiredService<IOptions<CallOptions>>().Value.MaxDuration + EndOfCall;
        var lease = services.GetService<LiveAllowance>() is { } allowance
            ? new LiveLease(new LeaseTable(database, options.LiveProject, gap, longest), records.Process, options, calls, allowance)
            : null;
        return new ClusterNode(
            new ClusterTables(database, gap), lease, () => Report(services, options), options, calls, records,
            services.GetRequiredService<ClusterHealth>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<ClusterNode>>());
    }

    private static NodeReport Report(IServiceProvider services, ClusterOptions options)
    {
        var calls = services.GetRequiredService<CallTable>();
        return new NodeReport(
            services.GetRequiredService<RecordWriter>().Process, Name(services), Sip(services), Http(services), options.ConsoleUrl, services.GetRequiredService<Readiness>().State, calls.Count, calls.MaxCalls,
            Version, options.NodeTimeout);
    }

    private static string Version { get; } = typeof(ClusterSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static string Name(IServiceProvider services) => services.GetRequiredService<IOptions<DatabaseOptions>>().Value.InstanceName;

    private static ClusterOptions Options(IServiceProvider services) => services.GetRequiredService<IOptions<ClusterOptions>>().Value;

    // Empty until it listens.
    private static string Sip(IServiceProvider services) =>
        services.GetRequiredService<VoiceAgentService>().IsListening && services.GetRequiredService<TelephonyService>().ListenEndPoints is [var first, ..]
            ? $"{first.Protocol.ToString().ToLowerInvariant()}://{first.EndPoint}"
            : "";

    private static string Http(IServiceProvider services) =>
        services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
}
