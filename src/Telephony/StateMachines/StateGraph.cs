using System.Text;
using System.Text.RegularExpressions;

namespace Telephony.StateMachines;

/// <summary>Draws a state table as text, the same for the same table: Mermaid for the documents, DOT for Graphviz.</summary>
/// <remarks>Internal and ignored triggers stand in comments: they are part of what a test compares, but no arrow.</remarks>
public static class StateGraph
{
    /// <summary>The table as a Mermaid <c>stateDiagram-v2</c>, substates nested, guards in brackets, lines ended by LF.</summary>
    public static string ToMermaid<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        WriteNested(text, table, superstate: null, indent: 1,
            open: state => $"state {state} {{", leaf: state => $"{state}", close: "}");
        text.Append($"    [*] --> {table.Initial}\n");
        WriteArrows(table, (from, to, label) => text.Append($"    {from} --> {to}: {label}\n"));
        foreach (var final in FinalStates(table))
            text.Append($"    {final} --> [*]\n");
        WriteComments(table, line => text.Append($"    %% {line}\n"));
        return text.ToString();
    }

    /// <summary>The table as a Graphviz digraph, substates as clusters, guards in brackets, lines ended by LF.</summary>
    public static string ToDot<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var text = new StringBuilder("digraph {\n    compound=true;\n    node [shape=box, style=rounded];\n    start [shape=point];\n");
        // A cluster cannot be an arrow's end: each has a node of the superstate's own name in it.
        WriteNested(text, table, superstate: null, indent: 1,
            open: state => $"subgraph cluster_{state} {{ label=\"{state}\"; {state} [style=dotted];", leaf: state => $"{state};", close: "}");
        text.Append($"    start -> {table.Initial};\n");
        WriteArrows(table, (from, to, label) => text.Append($"    {from} -> {to} [label=\"{label.Replace("\"", "\\\"", StringComparison.Ordinal)}\"];\n"));
        foreach (var final in FinalStates(table))
            text.Append($"    {final} [peripheries=2];\n");
        WriteComments(table, line => text.Append($"    // {line}\n"));
        return text.Append("}\n").ToString();
    }

    /// <summary><c>call => call.MayTransfer</c> reads <c>MayTransfer</c>; anything else stays as it is written, on one line.</summary>
    internal static string ReadableGuard(string? source)
    {
        var oneLine = string.Join(' ', (source ?? "guard").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var arrow = oneLine.IndexOf("=>", StringComparison.Ordinal);
        if (arrow < 0)
            return oneLine;
        var parameter = oneLine[..arrow].Replace("static ", "", StringComparison.Ordinal).Trim();
        return Regex.Replace(oneLine[(arrow + 2)..].Trim(), $@"\b{Regex.Escape(parameter)}\.", "", RegexOptions.NonBacktracking);
    }

    private static void WriteNested<TState, TTrigger, TContext>(StringBuilder text, StateTable<TState, TTrigger, TContext> table,
        TState? superstate, int indent, Func<TState, string> open, Func<TState, string> leaf, string close)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        var margin = new string(' ', 4 * indent);
        foreach (var state in table.States.Where(state => Nullable.Equals(table.SuperstateOf(state), superstate)))
        {
            if (!table.States.Any(inner => Nullable.Equals(table.SuperstateOf(inner), state)))
            {
                text.Append($"{margin}{leaf(state)}\n");
                continue;
            }
            text.Append($"{margin}{open(state)}\n");
            WriteNested(text, table, state, indent + 1, open, leaf, close);
            text.Append($"{margin}{close}\n");
        }
    }

    private static void WriteArrows<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table, Action<TState, TState, string> write)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        foreach (var state in table.States)
        {
            foreach (var rule in table.RulesOf(state).Where(rule => rule.Kind == StateRuleKind.Move))
                write(state, rule.Target, Label(rule));
        }
    }

    private static void WriteComments<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table, Action<string> write)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        foreach (var state in table.States)
        {
            var stays = table.RulesOf(state).Where(rule => rule.Kind == StateRuleKind.Internal).Select(Label).ToList();
            var ignored = table.RulesOf(state).Where(rule => rule.Kind == StateRuleKind.Ignore).Select(Label).ToList();
            if (stays.Count > 0)
                write($"{state} acts on: {string.Join(", ", stays)}");
            if (ignored.Count > 0)
                write($"{state} ignores: {string.Join(", ", ignored)}");
        }
    }

    private static IEnumerable<TState> FinalStates<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table)
        where TState : struct, Enum
        where TTrigger : struct, Enum =>
        table.States.Where(state => !HasWayOut(table, state) && !table.States.Any(inner => Nullable.Equals(table.SuperstateOf(inner), state)));

    private static bool HasWayOut<TState, TTrigger, TContext>(StateTable<TState, TTrigger, TContext> table, TState state)
        where TState : struct, Enum
        where TTrigger : struct, Enum
    {
        for (TState? at = state; at is { } level; at = table.SuperstateOf(level))
        {
            if (table.RulesOf(level).Any(rule => rule.Kind == StateRuleKind.Move))
                return true;
        }
        return false;
    }

    private static string Label<TState, TTrigger, TContext>(StateRule<TState, TTrigger, TContext> rule)
        where TState : struct, Enum
        where TTrigger : struct, Enum =>
        rule.GuardLabel is null ? $"{rule.Trigger}" : $"{rule.Trigger} [{rule.GuardLabel}]";
}
