using System.CommandLine;
using System.Globalization;
using Storage;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent calls</c>: reads what is kept of calls, also while the service runs: <c>list</c>, <c>show</c>, <c>explain</c>, <c>export</c> and <c>recording</c>.</summary>
internal static class CallsCommand
{
    private static readonly Option<string?> ConfigFile = new("--config")
    {
        Description = "Configuration file; config/appsettings.json here or beside the program when left out.",
        Recursive = true,
    };

    private static readonly Option<DateTimeOffset?> From = Moment("--from", "Only calls that began then or later, such as 2026-03-01 or 2026-03-01T08:00+01:00.");
    private static readonly Option<DateTimeOffset?> To = Moment("--to", "Only calls that began before.");

    public static Command Create() => new("calls", "Read what is kept of calls.") { ConfigFile, List(), Show(), Explain(), Export(), Recording() };

    private static Command List()
    {
        var number = new Option<string?>("--number") { Description = "Part of the number of the caller, or of the one that was dialled." };
        var agent = new Option<string?>("--agent") { Description = "Name of the agent." };
        var trunk = new Option<string?>("--trunk") { Description = "Name of the trunk." };
        var instance = new Option<string?>("--instance") { Description = "Name of one of several services that share the database." };
        var direction = new Option<CallDirection?>("--direction") { Description = "Inbound or Outbound." };
        var reason = new Option<EndReason?>("--reason") { Description = "Why it ended, such as LiveLost." };
        var text = new Option<string?>("--text") { Description = "Words that were said." };
        var silence = new Option<double?>("--silence") { Description = "Only calls in which the caller waited in silence for at least so many seconds at a stretch." };
        var running = new Option<bool>("--running") { Description = "Only calls that run now." };
        var limit = new Option<int>("--limit") { Description = $"At most so many, 1 to {CallQuery.MaxLimit}.", DefaultValueFactory = _ => 50 };
        var after = new Option<string?>("--after") { Description = "Go on after that page's last key (--json shows it)." };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("list", "List calls, newest first.") { From, To, number, agent, trunk, instance, direction, reason, text, silence, running, limit, after, json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, (archive, output) => CallListing.WriteAsync(archive, new CallQuery
        {
            From = parsed.GetValue(From), To = parsed.GetValue(To), Number = parsed.GetValue(number), Agent = parsed.GetValue(agent), Trunk = parsed.GetValue(trunk),
            Instance = parsed.GetValue(instance), Direction = parsed.GetValue(direction), EndReason = parsed.GetValue(reason), Text = parsed.GetValue(text),
            MinDeadAir = parsed.GetValue(silence) is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400)) : null,
            IsRunning = parsed.GetValue(running) ? true : null, Limit = parsed.GetValue(limit), After = parsed.GetValue(after),
        }, parsed.GetValue(json), output, cancellation), cancellation));
        return command;
    }

    private static Command Show()
    {
        var id = Id();
        var json = new Option<bool>("--json") { Description = "Write the whole record as JSON." };
        var command = new Command("show", "Show a call: its figures, what was said, and every step.") { id, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, (archive, output) => CallPage.WriteAsync(archive, parsed.GetRequiredValue(id), parsed.GetValue(json), output, cancellation), cancellation));
        return command;
    }

    private static Command Explain()
    {
        var id = Id();
        var command = new Command("explain", "Say in plain words what happened in a call, why it ended, and where silence came from.") { id };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, (archive, output) => CallPage.ExplainAsync(archive, parsed.GetRequiredValue(id), output, cancellation), cancellation));
        return command;
    }

    private static Command Export()
    {
        var command = new Command("export", "Write calls as JSON Lines, one record a line, oldest first.") { From, To };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, (archive, output) => CallListing.ExportAsync(archive, new CallQuery { From = parsed.GetValue(From), To = parsed.GetValue(To), OldestFirst = true }, output, cancellation), cancellation));
        return command;
    }

    private static Command Recording()
    {
        var id = Id();
        var file = new Option<string>("--out") { Description = "WAV file to write: the caller on the left, the agent on the right. It is not encrypted any more.", Required = true };
        var cut = new Option<bool>("--cut") { Description = "Also write one whose end is missing although the call's record knows it." };
        var command = new Command("recording", "Decrypt the recording of a call, on the machine that has it.") { id, file, cut };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, (service, output) => RecordingExport.WriteAsync(
            service, parsed.GetRequiredValue(id), parsed.GetRequiredValue(file), parsed.GetValue(cut), output, parsed.InvocationConfiguration.Error, cancellation), cancellation));
        return command;
    }

    private static Argument<string> Id() => new("ID") { Description = "Id of the call, as voiceagent calls list and the log have it." };

    private static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment))
                return moment;
            result.AddError($"{name} '{result.Tokens[0].Value}' is not a time; use one such as 2026-03-01 or 2026-03-01T08:00+01:00.");
            return null;
        },
    };

    private static Task<int> RunAsync(ParseResult parsed, Func<CallArchive, TextWriter, Task<int>> work, CancellationToken cancellation) =>
        RunAsync(parsed, (service, output) => work(service.Calls, output), cancellation);

    private static async Task<int> RunAsync(ParseResult parsed, Func<ConfiguredService, TextWriter, Task<int>> work, CancellationToken cancellation)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(
                parsed.GetValue(ConfigFile), cancellation, loadsTools: false, parsed.InvocationConfiguration.Error);
            if (service.Database is { Provider: DatabaseProvider.Sqlite, Place: var file } && !File.Exists(file))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(
                    $"There is no database {file}. A relative file starts at this folder: run this where the service was started, or name the file in Database:ConnectionString.");
                return 1;
            }
            return await work(service, parsed.InvocationConfiguration.Output);
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            foreach (var line in problems)
                await parsed.InvocationConfiguration.Error.WriteLineAsync(line);
            return RunCommand.BadConfiguration;
        }
    }
}
