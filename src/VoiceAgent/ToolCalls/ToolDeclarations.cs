using System.Runtime.CompilerServices;
using GeminiLive;
using Tools;
using Tools.Catalog;

namespace VoiceAgent.ToolCalls;

/// <summary>Tools as the model is told of them: an agent's set -> the function declarations of a session's setup.</summary>
internal static class ToolDeclarations
{
    // A tool is shared by all calls of an agent, and goes with the configuration that it came from.
    private static readonly ConditionalWeakTable<Tool, LiveFunction> Declared = [];

    /// <summary>Why a tool cannot be declared; null when it can.</summary>
    public static string? Fault(Tool tool) => LiveSchema.TryTranslate(tool.Function.JsonSchema, out _, out var fault) ? null : $"its arguments cannot be told to the model: {fault}";

    /// <summary>The declarations of a set, in its order.</summary>
    public static IReadOnlyList<LiveFunction> Of(ToolSet tools) => [.. tools.Tools.Select(tool => Declared.GetValue(tool, Translate))];

    private static LiveFunction Translate(Tool tool)
    {
        // The catalogue has refused those that cannot be translated.
        LiveSchema.TryTranslate(tool.Function.JsonSchema, out var parameters, out _);
        var behavior = tool.Policy.Behavior == ToolBehavior.Blocking ? LiveBehavior.Blocking : LiveBehavior.NonBlocking;
        return new LiveFunction(tool.Name, tool.Function.Description, parameters, behavior);
    }
}
