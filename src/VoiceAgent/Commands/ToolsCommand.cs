using System.CommandLine;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent tools</c>: what the agents would offer the model; <c>invoke</c>, <c>ledger</c> and <c>settle</c> below it.</summary>
internal static class ToolsCommand
{
    private static readonly Option<string?> ConfigFile = new("--config")
    {
        Description = "Configuration file; config/appsettings.json here or beside the program when left out.",
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON.", Recursive = true };

    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Agent whose tools are listed; all of them when left out." };
        var command = new Command("tools", "List what the agents may call, with the declarations as the model gets them.")
        {
            ConfigFile, Json, agent, Invoke(), Ledger(), Settle(),
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed, (service, output) => ToolListing.WriteAsync(service, parsed.GetValue(agent), parsed.GetValue(Json), output), cancellation));
        return command;
    }

    private static Command Invoke()
    {
        var name = new Argument<string>("NAME") { Description = "Name of the tool." };
        var args = new Option<string>("--args") { Description = "Its arguments, a JSON object.", DefaultValueFactory = _ => "{}" };
        var caller = new Option<string>("--caller") { Description = "Number of the caller, such as +493012345; withheld when left out.", DefaultValueFactory = _ => "" };
        var dialled = new Option<string>("--dialled") { Description = "Number that was dialled.", DefaultValueFactory = _ => "" };
        var agent = new Option<string?>("--agent") { Description = "Agent that runs it; the first one that has it when left out." };
        var command = new Command("invoke", "Run a tool as a call would, ledger included; its side effects are real.") { name, args, caller, dialled, agent };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed,
            (service, output) => new ToolInvoker(service, output, parsed.GetValue(Json)).RunAsync(
                parsed.GetRequiredValue(name), parsed.GetRequiredValue(args), parsed.GetRequiredValue(caller), parsed.GetRequiredValue(dialled), parsed.GetValue(agent), cancellation),
            cancellation));
        return command;
    }

    private static Command Ledger()
    {
        var unknown = new Option<bool>("--unknown") { Description = "Only those that nobody knows the end of." };
        var call = new Option<string?>("--call") { Description = "Only those of one call, by its id." };
        var limit = new Option<int>("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100 };
        var command = new Command("ledger", "List what tools with side effects were about to do and did, newest first.") { unknown, call, limit };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed,
            (service, output) => ToolLedgerListing.WriteAsync(
                service.ToolServices.Ledger, new(parsed.GetValue(call), parsed.GetValue(unknown), parsed.GetValue(limit)), parsed.GetValue(Json), output, cancellation),
            cancellation, loadsTools: false));
        return command;
    }

    private static Command Settle()
    {
        var key = new Argument<string>("KEY") { Description = "Key of the entry, from voiceagent tools ledger --unknown." };
        var done = new Option<bool>("--done") { Description = "It was done." };
        var notDone = new Option<bool>("--not-done") { Description = "It was not done." };
        var note = new Option<string>("--note") { Description = "How that was found out.", DefaultValueFactory = _ => "" };
        var command = new Command("settle", "Write down what became of an entry that nobody knew the end of.") { key, done, notDone, note };
        command.Validators.Add(result =>
        {
            if (result.GetValue(done) == result.GetValue(notDone))
                result.AddError("Say either --done or --not-done.");
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed,
            async (service, output) =>
            {
                var isSettled = await service.ToolServices.Ledger.SettleAsync(parsed.GetRequiredValue(key), parsed.GetValue(done), parsed.GetRequiredValue(note), cancellation);
                await output.WriteLineAsync(isSettled ? "Settled." : $"There is no open entry {parsed.GetRequiredValue(key)}; see voiceagent tools ledger --unknown.");
                return isSettled ? 0 : 1;
            },
            cancellation, loadsTools: false));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<ConfiguredService, TextWriter, Task<int>> work, CancellationToken cancellation, bool loadsTools = true)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(
                parsed.GetValue(ConfigFile), cancellation, loadsTools, parsed.InvocationConfiguration.Error);
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
