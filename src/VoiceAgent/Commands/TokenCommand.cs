using System.CommandLine;
using GeminiLive.Credentials;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent token</c>: mints an ephemeral token and prints its name, alone on the line so that a script can take it.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> ConfigFile = new("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
    private static readonly Option<int> Uses = new("--uses") { Description = "Sessions that it may start; 0 for any number.", DefaultValueFactory = _ => 1 };
    private static readonly Option<TimeSpan?> Expires = new("--expires") { Description = "How long it may be used, such as 00:30:00 (the service's default); less than 20 h." };
    private static readonly Option<TimeSpan?> NewSessionExpires = new("--new-session-expires")
    {
        Description = "How long sessions may be started with it, such as 00:01:00 (the service's default).",
    };
    private static readonly Option<bool> Lock = new("--lock") { Description = "Fix the agent's whole setup: what a client sends instead is ignored." };
    private static readonly Option<string?> LockFields = new("--lock-fields") { Description = "Fix only these fields of it, such as model,systemInstruction,temperature." };
    private static readonly Option<string?> Agent = new("--agent") { Description = "Agent whose setup is fixed; the default one when left out." };

    public static Command Create()
    {
        var command = new Command("token", "Mint an ephemeral token for a client that shall not see the API key.")
        {
            ConfigFile, Uses, Expires, NewSessionExpires, Lock, LockFields, Agent,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            await using var service = await ConfiguredService.OpenAsync(parsed.GetValue(ConfigFile), cancellation);
            if (Complaint(parsed, service) is { } complaint)
            {
                await error.WriteLineAsync(complaint);
                return RunCommand.BadConfiguration;
            }
            return await MintAsync(service, Request(parsed, service), output, error, cancellation);
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            foreach (var line in problems)
                await error.WriteLineAsync(line);
            return RunCommand.BadConfiguration;
        }
    }

    private static async Task<int> MintAsync(ConfiguredService service, TokenRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = AnswerLimit };
        var minted = await new TokenMint(http, TimeProvider.System).MintAsync(service.Live.Configure().Targets[0], request, cancellation);
        if (minted.Name is null)
        {
            await error.WriteLineAsync(minted.Error);
            return 1;
        }
        await output.WriteLineAsync(minted.Name);
        return 0;
    }

    private static string? Complaint(ParseResult parsed, ConfiguredService service)
    {
        if (parsed.GetValue(Uses) < 0)
            return $"--uses {parsed.GetValue(Uses)} is not possible; use 0 for any number, or more.";
        foreach (var option in new[] { Expires, NewSessionExpires })
        {
            if (parsed.GetValue(option) is { } life && (life <= TimeSpan.Zero || life >= LongestLife))
                return $"{option.Name} {life} is not possible; use a time such as 00:30:00, less than 20 hours.";
        }
        if (parsed.GetValue(LockFields) is { } fields && Fields(fields).Length == 0)
            return "--lock-fields names no field; name some, such as model,temperature, or fix everything with --lock.";
        return Locks(parsed) && !service.Agents.Profiles.ContainsKey(AgentName(parsed, service))
            ? $"There is no agent '{AgentName(parsed, service)}'; there are: {string.Join(", ", service.Agents.Profiles.Keys)}."
            : null;
    }

    private static TokenRequest Request(ParseResult parsed, ConfiguredService service) => new()
    {
        Uses = parsed.GetValue(Uses),
        ExpiresIn = parsed.GetValue(Expires),
        NewSessionExpiresIn = parsed.GetValue(NewSessionExpires),
        Locked = Locks(parsed) ? service.Configure(AgentName(parsed, service)) : null,
        LockedFields = Fields(parsed.GetValue(LockFields) ?? ""),
    };

    private static string[] Fields(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool Locks(ParseResult parsed) => parsed.GetValue(Lock) || parsed.GetValue(LockFields) is not null || parsed.GetValue(Agent) is not null;

    private static string AgentName(ParseResult parsed, ConfiguredService service) => parsed.GetValue(Agent) ?? service.Agents.Default;
}
