using System.Text.Json;

namespace Tools.Schemas;

/// <summary>Checks what the model wants to call a tool with against the tool's JSON Schema, before the call.</summary>
/// <remarks>Any thread; bounded in depth and work, whatever schema and arguments are. <c>format</c> and keywords that are not known here are not judged.</remarks>
public static class ArgumentCheck
{
    /// <summary>What is wrong with arguments.</summary>
    /// <param name="schema">A JSON Schema; only references within it are followed.</param>
    /// <param name="arguments">What the model gave.</param>
    /// <returns>Sentences for the model that name the arguments; null when they fit, or fit once read leniently.</returns>
    public static string? Fault(JsonElement schema, JsonElement arguments) => Check(schema, arguments).Fault;

    /// <summary>Checks arguments, and puts right what is meant clearly: <c>"3"</c> or <c>3.0</c> for an integer, a number for a text, null for an argument that may be left out.</summary>
    /// <returns>What is wrong, null for nothing; and the arguments as the tool is to get them.</returns>
    internal static (string? Fault, JsonElement Arguments) Check(JsonElement schema, JsonElement arguments)
    {
        var walk = new SchemaWalk(schema);
        walk.Check(schema, arguments, ArgumentPath.Root, depth: 0);
        return walk.Faults.Count > 0 ? (string.Join(' ', walk.Faults), arguments) : (null, ArgumentCorrections.Apply(arguments, walk.Corrections));
    }
}
