using System.CommandLine;
using System.Globalization;
using VoiceAgent.Agents;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent route</c>: who would answer a call, and which setting says so.</summary>
internal static class RouteCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
        var dialled = new Option<string>("--dialled") { Description = "Number that is dialled, such as +493012345.", DefaultValueFactory = _ => "" };
        var to = new Option<string?>("--to") { Description = "Number of the To header; the dialled one when left out." };
        var caller = new Option<string?>("--caller") { Description = "Number of the caller, or 'withheld'; not known when left out." };
        var trunk = new Option<string?>("--trunk") { Description = "Trunk that the call comes from; none when left out." };
        var diverted = new Option<string[]>("--diverted-from") { Description = "Number of somebody who sent the call on; several times for several." };
        var headers = new Option<string[]>("--header") { Description = "A header of the INVITE, such as 'X-Queue: sales'; several times for several." };
        var at = new Option<string?>("--at") { Description = "When the call comes, such as 2026-12-24T23:00+01:00; now when left out." };
        var command = new Command("route", "Show who would answer a call, and which setting decides.") { file, dialled, to, caller, trunk, diverted, headers, at };
        command.SetAction((parsed, cancellation) =>
        {
            var number = parsed.GetRequiredValue(dialled);
            var isWithheld = parsed.GetValue(caller) == AgentRoute.Withheld;
            var lines = parsed.GetValue(headers) ?? [];
            var query = new RouteQuery
            {
                Trunk = parsed.GetValue(trunk),
                Dialled = number,
                To = parsed.GetValue(to) ?? number,
                Caller = isWithheld ? null : parsed.GetValue(caller),
                IsWithheld = isWithheld,
                DivertedFrom = parsed.GetValue(diverted) ?? [],
                Headers = name => lines.Select(line => line.Split(':', 2)).Where(line => line.Length == 2 && line[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(line => line[1].Trim()),
            };
            return RunAsync(parsed.InvocationConfiguration.Output, parsed.GetValue(file), query, parsed.GetValue(at), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(TextWriter output, string? file, RouteQuery query, string? at, CancellationToken cancellation)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(file, cancellation, loadsTools: false, warnings: output);
            var when = service.Routes.Now;
            if (at is not null && !DateTimeOffset.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out when))
                return await RefuseAsync(output, $"--at '{at}' is not a time; use one such as 2026-12-24T23:00+01:00");
            if (query.Trunk is { } trunk && !service.Trunks.Contains(trunk, StringComparer.OrdinalIgnoreCase))
                return await RefuseAsync(output, $"--trunk '{trunk}' is not a trunk; {(service.Trunks.Count == 0 ? "there are none" : $"there are {string.Join(", ", service.Trunks)}")}");
            return await WriteAsync(output, service.Routes, query, when);
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            foreach (var line in problems)
                await output.WriteLineAsync(line);
            return RunCommand.BadConfiguration;
        }
    }

    private static async Task<int> WriteAsync(TextWriter output, AgentDirectory routes, RouteQuery query, DateTimeOffset at)
    {
        foreach (var (route, setting) in routes.Misfits(query, at))
            await output.WriteLineAsync($"Agents:Routes:{route} does not fit: {setting}");
        var decision = routes.Find(query, at);
        await output.WriteLineAsync(decision.Agent is { } agent
            ? $"{agent.Name} answers, by {decision.By}"
            : $"Nobody answers: {decision.RejectCode}, by {decision.By}");
        return decision.Agent is null ? 1 : 0;
    }

    private static async Task<int> RefuseAsync(TextWriter output, string complaint)
    {
        await output.WriteLineAsync(complaint);
        return RunCommand.BadConfiguration;
    }
}
