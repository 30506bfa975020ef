using System.CommandLine;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent check</c>: connects to every configured place, sends the configured setup, and says what the service made of it.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
        var agent = new Option<string?>("--agent") { Description = "Agent to check; all of them when left out." };
        var speak = new Option<bool>("--speak") { Description = "Let the model say a sentence, and tell how long its first sound takes." };
        var command = new Command("check", "Try the configured endpoints, credentials and settings against the Live service.") { file, agent, speak };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.InvocationConfiguration.Output, parsed.GetValue(file), parsed.GetValue(agent), parsed.GetValue(speak), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, string? file, string? agent, bool speaks, CancellationToken cancellation)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(file, cancellation);
            return await CheckAllAsync(service, output, agent, speaks, cancellation) ? 0 : 1;
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            await output.WriteLineAsync("The configuration is refused before anything is sent:");
            foreach (var line in problems)
                await output.WriteLineAsync($"  {line}");
            return 1;
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
