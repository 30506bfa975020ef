using System.CommandLine;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent recordings rekey</c>: puts the keys of all recordings of this machine under the present master key.</summary>
internal static class RecordingsCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out.", Recursive = true };
        var rekey = new Command("rekey", "Put the keys of all recordings here under Recordings:Key, those of Recordings:OldKeys included, which are not needed any more then. Also while the service runs.");
        rekey.SetAction((parsed, cancellation) => RekeyAsync(parsed, parsed.GetValue(file), cancellation));
        return new Command("recordings", "Look after the recordings of calls.") { file, rekey };
    }

    private static async Task<int> RekeyAsync(ParseResult parsed, string? configFile, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            await using var service = await ConfiguredService.OpenAsync(configFile, cancellation, loadsTools: false, error);
            if (!service.RecordingKeys.HasKey)
            {
                await error.WriteLineAsync("Recordings:Key is empty: there is no key to put them under.");
                return RunCommand.BadConfiguration;
            }
            var (changed, present, failures) = service.Recordings.Rekey(service.RecordingKeys);
            await output.WriteLineAsync($"{changed} recordings are under the present key now, {present} were before.");
            foreach (var failure in failures)
                await error.WriteLineAsync(failure);
            return failures.Count == 0 ? 0 : 1;
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            foreach (var line in problems)
                await error.WriteLineAsync(line);
            return RunCommand.BadConfiguration;
        }
    }
}
