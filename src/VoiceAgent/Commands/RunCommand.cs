using System.CommandLine;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using GeminiLive;
using Microsoft.Extensions.Options;
using Simulation.Live;
using Telephony;
using Telephony.Sip.Transport;
using Tools;
using VoiceAgent.Hosting;
using VoiceAgent.Hosting.Configuration;
using VoiceAgent.WebConsole;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent run</c>, and <c>voiceagent</c> alone: the service, until SIGTERM or Ctrl+C.</summary>
internal static class RunCommand
{
    /// <summary>Exit code of a start that the configuration does not allow.</summary>
    public const int BadConfiguration = 2;

    /// <summary>Whether the service is to run, judged before anything is parsed.</summary>
    /// <param name="arguments">The process's command line.</param>
    public static bool IsMeant(IReadOnlyList<string> arguments) => arguments is [] or ["run", ..] or [['-', ..], ..];

    public static Command Create()
    {
        var command = new Command("run", "Run the service (the default).");
        AddTo(command);
        return command;
    }

    public static void AddTo(Command command)
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
        command.Options.Add(file);
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(file), cancellation));
    }

    private static async Task<int> RunAsync(string? configurationFile, CancellationToken cancellation)
    {
        try
        {
            return await RunServiceAsync(ConfigurationFile.Find(configurationFile), cancellation);
        }
        catch (Exception problem) when (Problems(problem) is { Count: > 0 } problems)
        {
            await Console.Error.WriteLineAsync("voiceagent cannot start:");
            foreach (var line in problems)
                await Console.Error.WriteLineAsync($"  {line}");
            return BadConfiguration;
        }
    }

    private static async Task<int> RunServiceAsync(string file, CancellationToken cancellation)
    {
        await using var simulated = await StandInAsync(file);
        await using var app = Build(file, simulated);
        await app.StartAsync(cancellation);
        Console.WriteLine($"Call {WhereToCall(app)}");
        // Where output goes to a file or a journal, whoever may read that would be let in.
        if (!Console.IsOutputRedirected)
            app.AnnounceConsole(link => Console.WriteLine($"Console, once: {link}"));
        await app.WaitForShutdownAsync(cancellation);
        return 0;
    }

    /// <summary>The service that the configuration describes.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="simulated">Speaks in place of the Live service; null for what is configured.</param>
    internal static WebApplication Build(string file, SimulatedLive? simulated)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (simulated is not null)
            (settings["Live:Endpoint"], settings["Live:ApiKey"]) = ($"{simulated.Endpoint}", "simulated");
        var keyless = simulated is not null ? KeylessLive.Simulated : IsWithoutKey(file, out _) ? KeylessLive.Unsigned : null;
        return VoiceAgentHost.Build(file, settings, services =>
        {
            if (keyless is not null)
                services.AddSingleton(provider => ActivatorUtilities.CreateInstance<KeylessLive>(provider, keyless)).AddHostedService(provider => provider.GetRequiredService<KeylessLive>());
        });
    }

    /// <summary>A server to speak in place of the Live service, where there is neither a key nor an address of it; else null.</summary>
    /// <param name="file">The configuration.</param>
    internal static async Task<SimulatedLive?> StandInAsync(string file) => IsWithoutKey(file, out var live) && string.IsNullOrWhiteSpace(live.Endpoint)
        ? await SimulatedLive.StartAsync(new SimulatedLiveOptions { RecordedAudioLimit = TimeSpan.Zero }, TimeProvider.System)
        : null;

    // What cannot be read at all is the build's to tell, with all else that is wrong.
    private static bool IsWithoutKey(string file, [NotNullWhen(true)] out LiveOptions? live)
    {
        var configuration = new SettingsSource(file, new Dictionary<string, string?>(StringComparer.Ordinal)).Read();
        live = SettingsCheck.Faults(configuration).Count > 0 || LiveSetup.HasCredentials(configuration) ? null : LiveSetup.Read(configuration);
        return live is not null;
    }

    // An address on this machine for each that is listened on; a wildcard is no address to dial.
    private static string WhereToCall(WebApplication app)
    {
        var uris = app.Services.GetRequiredService<TelephonyService>().ListenEndPoints.Select(listen =>
        {
            var any = listen.EndPoint.Address.Equals(IPAddress.Any) || listen.EndPoint.Address.Equals(IPAddress.IPv6Any);
            var dialled = any ? new IPEndPoint(listen.EndPoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, listen.EndPoint.Port) : listen.EndPoint;
            return $"sip:agent@{dialled}{(listen.Protocol == SipProtocol.Udp ? "" : $";transport={listen.Protocol}".ToLowerInvariant())}";
        });
        return string.Join(" or ", uris);
    }

    /// <summary>What a person can mend, a line each; empty for a bug, which shall show its stack.</summary>
    internal static IReadOnlyList<string> Problems(Exception exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        DbException => [$"{exception.Message.TrimEnd('.')}. See section Database."],
        ToolSourceException => exception.Message.Split('\n'),
        FileNotFoundException => [exception.Message],
        InvalidDataException => [string.Join(' ', new[] { exception.Message, exception.GetBaseException().Message }.Distinct(StringComparer.Ordinal))],   // the inner one has the line
        IOException => [$"{exception.Message.TrimEnd('.')}. Is another program listening there already? See Telephony:Listen and Http:Listen."],
        AggregateException several => [.. several.InnerExceptions.SelectMany(Problems)],
        _ => [],
    };
}
