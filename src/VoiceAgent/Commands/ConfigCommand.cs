using System.CommandLine;
using System.Text.Json;
using VoiceAgent.Hosting.Configuration;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent config</c>: what the settings are and where they come from, whether they are good, what there is to set, and having a running service read them anew.</summary>
internal static class ConfigCommand
{
    // A source of tools that starts a program takes its time.
    private static readonly TimeSpan ReloadPatience = TimeSpan.FromMinutes(1);

    public static Command Create() => new("config", "The configuration: show, check, schema, reload.") { Show(), Check(), Schema(), Reload() };

    private static Option<string?> FileOption() => new("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };

    private static Command Show()
    {
        var file = FileOption();
        var all = new Option<bool>("--all") { Description = "Those too that are as they are by default." };
        var command = new Command("show", "Tell each setting that is not the default one, and where it comes from; secrets are never shown.") { file, all };
        command.SetAction((parsed, _) => TryAsync(parsed, source =>
        {
            var settings = new EffectiveSettings(source.Read(), source.Folder).All().Where(setting => parsed.GetValue(all) || !setting.IsUsual);
            return TellAsync(parsed, 0, settings.Select(setting => $"{setting.Key} = {setting.Value}  ({setting.Source})"));
        }, parsed.GetValue(file)));
        return command;
    }

    private static Command Check()
    {
        var file = FileOption();
        var command = new Command("check", "Check the configuration as a start would, without starting anything: exit code 0, or 2 and all that is wrong.") { file };
        command.SetAction((parsed, _) => TryAsync(parsed, source =>
        {
            var configuration = source.Read();
            List<string> faults = [.. source.UnknownSections()];
            CheckedSettings.Of(configuration, source.Folder, faults);
            return TellAsync(parsed, faults.Count == 0 ? 0 : RunCommand.BadConfiguration, faults.Count == 0 ? [$"{source.File} is good."] : faults);
        }, parsed.GetValue(file)));
        return command;
    }

    private static Command Schema()
    {
        var target = new Option<string?>("--out") { Description = "File to write; the screen when left out." };
        var command = new Command("schema", "Write the JSON schema of the configuration file, by which editors complete and check it.") { target };
        command.SetAction(async (parsed, cancellation) =>
        {
            var schema = SettingsSchema.Create() ?? await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "config", SettingsSchema.FileName), cancellation);
            if (parsed.GetValue(target) is { } path)
                await File.WriteAllTextAsync(path, schema, cancellation);
            else
                await parsed.InvocationConfiguration.Output.WriteAsync(schema);
            return 0;
        });
        return command;
    }

    private static Command Reload()
    {
        var file = FileOption();
        var command = new Command("reload", "Have the running service read its configuration anew: exit code 0 when it is in use, 1 when it is refused, 2 when nobody answers.") { file };
        command.SetAction((parsed, cancellation) => TryAsync(parsed, _ => ReloadAsync(parsed, parsed.GetValue(file), cancellation), parsed.GetValue(file)));
        return command;
    }

    private static async Task<int> ReloadAsync(ParseResult parsed, string? file, CancellationToken cancellation)
    {
        using var http = RunningService.Connect(RunningService.ReadOptions(file), ReloadPatience);
        try
        {
            using var answer = await http.PostAsync(new Uri(ReloadEndpoint.Path, UriKind.Relative), content: null, cancellation);
            if ((int)answer.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status404NotFound)
                return await TellAsync(parsed, RunCommand.BadConfiguration, ["The service wants its Http:ApiKey, which this configuration has not, or it has none; kill -HUP does without."]);
            var outcome = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(cancellation), ReloadJson.Default.ReloadOutcome) ?? new ReloadOutcome();
            return await TellAsync(parsed, outcome.IsTaken ? 0 : 1, Lines(outcome));
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException or JsonException)
        {
            return await TellAsync(parsed, RunCommand.BadConfiguration, [$"The service does not answer at {http.BaseAddress}: {silence.Message}"]);
        }
    }

    private static IEnumerable<string> Lines(ReloadOutcome outcome)
    {
        if (!outcome.IsTaken)
            return outcome.Faults.Prepend("Refused, nothing has changed:");
        return [outcome.Changed.Count == 0 ? "No setting has changed that is in use at once." : $"In use for new calls: {string.Join(", ", outcome.Changed)}",
            .. outcome.NeedRestart.Count == 0 ? Array.Empty<string>() : [$"In use after a restart only: {string.Join(", ", outcome.NeedRestart)}"]];
    }

    private static async Task<int> TryAsync(ParseResult parsed, Func<SettingsSource, Task<int>> work, string? file)
    {
        try
        {
            return await work(new SettingsSource(ConfigurationFile.Find(file), new Dictionary<string, string?>(StringComparer.Ordinal)));
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            return await TellAsync(parsed, RunCommand.BadConfiguration, problems);
        }
    }

    private static async Task<int> TellAsync(ParseResult parsed, int exitCode, IEnumerable<string> lines)
    {
        foreach (var line in lines)
            await parsed.InvocationConfiguration.Output.WriteLineAsync(line);
        return exitCode;
    }
}
