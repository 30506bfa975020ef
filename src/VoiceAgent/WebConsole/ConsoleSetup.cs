using System.Net;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;
using VoiceAgent.Cluster;
using VoiceAgent.Hosting;
using VoiceAgent.WebConsole.Listen;
using VoiceAgent.WebConsole.Talk;

namespace VoiceAgent.WebConsole;

/// <summary>Registers the console and maps it, where it is not switched off and not open to strangers.</summary>
internal static class ConsoleSetup
{
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">All sections.</param>
    public static IServiceCollection AddConsole(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddChecked<ConsoleOptions, ConsoleOptionsValidator>(configuration, ConsoleOptions.Section);
        services.AddSingleton(provider => new ConsoleSessions(provider.GetRequiredService<IOptions<ConsoleOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OneTimeToken>().AddSingleton<SignInTries>().AddSingleton<ConsoleDoor>().AddSingleton<LiveBoard>();
        services.AddSingleton(provider => new ClusterBoard(provider.GetRequiredService<ClusterDirectory>(), provider.GetRequiredService<ClusterDirectory>().ReadAsync, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SignInEndpoints>().AddSingleton<LiveEndpoints>().AddSingleton<CallEndpoints>().AddSingleton<ActionEndpoints>();
        services.AddSingleton<TalkCalls>().AddSingleton<TalkEndpoints>().AddSingleton<ListenEndpoints>().AddSingleton<RecordingEndpoints>();
        return services.AddSingleton<TodayTally>().AddSingleton<ICallObserver>(provider => provider.GetRequiredService<TodayTally>());
    }

    /// <summary>Maps pages and API.</summary>
    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (console, http) = (services.GetRequiredService<IOptions<ConsoleOptions>>().Value, services.GetRequiredService<IOptions<HttpOptions>>().Value);
        var logger = services.GetRequiredService<ILogger<SignInEndpoints>>();
        if (!IsOn(console, http))
        {
            if (console.Enabled)
                logger.OffForWantOfUsers(http.Listen);
            return;
        }
        if (!IsLocal(http))
            logger.InClear(http.Listen);
        PageEndpoints.Map(routes);
        services.GetRequiredService<SignInEndpoints>().Map(routes);
        services.GetRequiredService<LiveEndpoints>().Map(routes);
        services.GetRequiredService<CallEndpoints>().Map(routes);
        services.GetRequiredService<ActionEndpoints>().Map(routes);
        services.GetRequiredService<TalkEndpoints>().Map(routes);
        services.GetRequiredService<ListenEndpoints>().Map(routes);
        services.GetRequiredService<RecordingEndpoints>().Map(routes);
    }

    /// <summary>Has the link announced that opens the console, now and after each use, where it is opened by links.</summary>
    public static void AnnounceConsole(this WebApplication app, Action<string> announce)
    {
        var console = app.Services.GetRequiredService<IOptions<ConsoleOptions>>().Value;
        if (IsOn(console, app.Services.GetRequiredService<IOptions<HttpOptions>>().Value) && console.Users.Count == 0)
            app.Services.GetRequiredService<OneTimeToken>().Announce(token => announce(Link(app.Urls.First(), token)));
    }

    /// <summary>The link that signs in by a token. What follows the # stays in the browser.</summary>
    public static string Link(string address, string token) => $"{address.TrimEnd('/')}/console/#token={token}";

    /// <summary>Whether there is a console.</summary>
    public static bool IsOn(ConsoleOptions console, HttpOptions http) => console.Enabled && (console.Users.Count > 0 || IsLocal(http));

    private static bool IsLocal(HttpOptions http) =>
        Uri.TryCreate(http.Listen, UriKind.Absolute, out var listen) && (listen.Host == "localhost" || (IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
