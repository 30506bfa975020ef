using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using VoiceAgent.Cluster;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent cluster</c>: lists the nodes that share the database and the calls that run on them, also while this one does not run.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--config") { Description = "Configuration file; config/appsettings.json here or beside the program when left out." };
        var calls = new Option<bool>("--calls") { Description = "List the running calls as well." };
        var json = new Option<bool>("--json") { Description = "Write JSON." };
        var command = new Command("cluster", "List the nodes that share the PostgreSQL database, and what runs on them.") { file, calls, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(file), parsed.GetValue(calls), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? file, bool withCalls, bool isJson, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            await using var service = await ConfiguredService.OpenAsync(file, cancellation, loadsTools: false, errors);
            if (!service.Cluster.IsOn)
            {
                await errors.WriteLineAsync("This service is alone: nodes know of each other through a PostgreSQL database (Database:Provider, docs/scale.md).");
                return 1;
            }
            await WriteAsync(await service.Cluster.ReadAsync(cancellation), withCalls, isJson, output);
            return 0;
        }
        catch (DbException away)
        {
            await errors.WriteLineAsync($"The nodes are not known: {away.Message}");
            return 1;
        }
        catch (Exception problem) when (RunCommand.Problems(problem) is { Count: > 0 } problems)
        {
            foreach (var line in problems)
                await errors.WriteLineAsync(line);
            return RunCommand.BadConfiguration;
        }
    }

    private static async Task WriteAsync(ClusterView view, bool withCalls, bool isJson, TextWriter output)
    {
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(view, ClusterJson.Default.ClusterView));
            return;
        }
        foreach (var node in view.Nodes)
            await output.WriteLineAsync(Line(node));
        await output.WriteLineAsync($"{view.Nodes.Count} nodes, {view.CallCount} calls{(view.LiveSessions > 0 ? $" of {view.LiveSessions}" : "")}");
        foreach (var call in withCalls ? view.Calls : [])
            await output.WriteLineAsync($"{call.StartedAt}  {call.Node,-16}  {call.CallId}  {call.State,-12}  {call.Caller} -> {call.Dialled}  {call.Agent}{(call.Trunk.Length > 0 ? $"  by {call.Trunk}" : "")}");
    }

    private static string Line(ClusterNodeView node)
    {
        var sessions = node.Sessions is { } held ? $", {held} Live sessions" : "";
        return $"{node.Name,-16}  {node.State,-9}  {node.Calls} of {node.MaxCalls} calls{sessions}  {node.Sip}  {node.Http}  {node.Version}  seen {node.SilentMs / 1000.0:0.0} s ago";
    }
}
