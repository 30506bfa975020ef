using System.CommandLine;
using Telephony.Checks;
using VoiceAgent.Hosting;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent check</c>: tries the telephone line (<see cref="LineCheck"/>), then connects to every configured place of the Live service, sends the
/// configured setup, and says what the service made of it.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
        var agent = new Option<string?>("--agent") { Description = "Agent to check; all of them when left out." };
        var speak = new Option<bool>("--speak") { Description = "Let the model say a sentence, and tell how long its first sound takes." };
        var line = new Option<bool>("--line") { Description = "Check the telephone line only." };
        var command = new Command("check", "Try the configured telephone line, and endpoints, credentials and settings against the Live service.") { file, agent, speak, line };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.InvocationConfiguration.Output, parsed.GetValue(file), parsed.GetValue(line), parsed.GetValue(agent), parsed.GetValue(speak), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, string? file, bool isLineOnly, string? agent, bool speaks, CancellationToken cancellation)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(file, cancellation);
            var isGood = agent is not null || await CheckLineAsync(service, output, cancellation);
            if (!isLineOnly)
                isGood &= await CheckAllAsync(service, output, agent, speaks, cancellation);
            return isGood ? 0 : 1;
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            await output.WriteLineAsync("The configuration is refused before anything is sent:");
            foreach (var line in problems)
                await output.WriteLineAsync($"  {line}");
            return 1;
        }
    }

    private static async Task<bool> CheckLineAsync(ConfiguredService service, TextWriter output, CancellationToken cancellation)
    {
        await output.WriteLineAsync("Telephone line");
        var isGood = true;
        var running = await StatusAsync(service, cancellation);
        await foreach (var finding in LineCheck.RunAsync(service.Telephony, service.Rtp, running is not null, TimeProvider.System, cancellation))
        {
            isGood &= finding.IsGood;
            await output.WriteLineAsync($"  {finding.Subject}: {(finding.IsGood ? "" : "WRONG: ")}{finding.Text}.");
        }
        if (running is not null)
            await TellAsync(running, output);
        return isGood;
    }

    /// <summary>What the service that is running knows of its trunks, and of the phones that are registered at it.</summary>
    private static async Task TellAsync(ServiceStatus status, TextWriter output)
    {
        await output.WriteLineAsync($"The service is running: {status.State}, {status.Calls} calls, {status.PhoneCount} phones registered");
        foreach (var trunk in status.Trunks)
            await output.WriteLineAsync($"  Trunk {trunk.Name}: {trunk.State.ToString().ToLowerInvariant()} since {trunk.Since:u}{(trunk.LastAnswer is { } answer ? $", {answer}" : "")}{(trunk.RegisteredUntil is { } until ? $", registered until {until:u}" : "")}.");
        foreach (var phone in status.Phones)
            await output.WriteLineAsync($"  Phone of {phone.User}: {phone.Contact} by {phone.Source} until {phone.Until:u}{(phone.IsReachable ? "" : ", its connection is closed")}.");
    }

    /// <summary>How the service is that runs on this machine with this configuration, and has its ports; null where none does.</summary>
    private static async Task<ServiceStatus?> StatusAsync(ConfiguredService service, CancellationToken cancellation)
    {
        using var http = RunningService.Connect(service.Http, TimeSpan.FromSeconds(2));
        try
        {
            return ServiceStatus.Read(await http.GetStringAsync(new Uri("/status", UriKind.Relative), cancellation));
        }
        catch (Exception nobody) when (nobody is HttpRequestException or TaskCanceledException or ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static async Task<bool> CheckAllAsync(ConfiguredService service, TextWriter output, string? only, bool speaks, CancellationToken cancellation)
    {
        var names = service.Agents.Profiles.Keys.Where(name => only is null || name.Equals(only, StringComparison.OrdinalIgnoreCase)).ToList();
        if (names.Count == 0)
        {
            await output.WriteLineAsync($"There is no agent '{only}'; there are: {string.Join(", ", service.Agents.Profiles.Keys)}.");
            return false;
        }
        if (!service.HasCredentials)
        {
            await output.WriteLineAsync("Nothing to sign in with: set GEMINI_API_KEY or Live:ApiKey, or Live:Backend to Vertex.");
            return false;
        }
        var isGood = true;
        foreach (var name in names)
        {
            await output.WriteLineAsync($"Agent {name}");
            var config = service.Configure(name);
            foreach (var target in config.Targets)
                isGood &= await new TargetCheck(service.Live, config, target, output).RunAsync(speaks, cancellation);
        }
        await output.WriteLineAsync(isGood ? "All is accepted." : "Not all is accepted.");
        return isGood;
    }
}
