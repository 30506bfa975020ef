using System.CommandLine;
using Telephony.StateMachines;
using VoiceAgent.Calls;

namespace VoiceAgent.Commands;

/// <summary><c>voiceagent graph</c>: prints the call-state machine, so that its picture in docs/ is generated and never drawn.</summary>
internal static class GraphCommand
{
    public static Command Create()
    {
        var dot = new Option<bool>("--dot") { Description = "Graphviz instead of Mermaid." };
        var output = new Option<FileInfo?>("--out") { Description = "File to write; standard output when left out." };
        var command = new Command("graph", "Print the call-state machine.") { dot, output };
        command.SetAction(parsed =>
        {
            var graph = parsed.GetValue(dot) ? StateGraph.ToDot(CallStates.Table) : StateGraph.ToMermaid(CallStates.Table);
            if (parsed.GetValue(output) is { } file)
                File.WriteAllText(file.FullName, graph);
            else
                Console.Write(graph);
            return 0;
        });
        return command;
    }
}
