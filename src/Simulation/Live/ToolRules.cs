using System.Text.Json;
using System.Text.RegularExpressions;
using Simulation.Live.Schema;

namespace Simulation.Live;

/// <summary>Which tools a model takes, and how functions are declared.</summary>
internal static partial class ToolRules
{
    private const int MaxFunctions = 512;

    private static readonly string[] UnsupportedTools =
    [
        "codeExecution", "urlContext", "fileSearch", "googleMaps", "computerUse", "mcpServers", "retrieval", "enterpriseWebSearch",
        "googleSearchRetrieval", "exaAiSearch", "parallelAiSearch",
    ];

    /// <summary>What is wrong with the tools; null when nothing is.</summary>
    public static string? Check(IEnumerable<JsonElement> tools, ModelTraits traits)
    {
        var functions = new List<JsonElement>();
        var searches = false;
        foreach (var tool in tools)
        {
            var unsupported = UnsupportedTools.FirstOrDefault(name => tool.Has(name) && !(traits.TakesIdleTools && name is ("codeExecution" or "urlContext")));
            if (unsupported is not null)
                return $"Tool {JsonNames.ToSnakeCase(unsupported)} is not supported for this model.";
            searches |= tool.Has("googleSearch");
            functions.AddRange(tool.GetElements("functionDeclarations"));
        }
        if (searches && functions.Count > 0 && !traits.TakesSearchWithFunctions)
            return "Tool use with function calling is unsupported together with google_search for this model.";
        return functions.Count > MaxFunctions ? $"At most {MaxFunctions} function declarations are allowed." : CheckFunctions(functions, traits);
    }

    private static string? CheckFunctions(List<JsonElement> functions, ModelTraits traits)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            var name = function.GetText("name");
            if (!FunctionName().IsMatch(name))
                return $"Invalid function name '{name}': it must start with a letter or an underscore and hold at most 64 of a-z, A-Z, 0-9, _.";
            if (!names.Add(name))
                return $"Duplicate function declaration found: {name}";
            if (function.Has("parameters") && function.Has("parametersJsonSchema"))
                return $"Function {name}: parameters and parameters_json_schema are mutually exclusive.";
            if (traits.RefusesBlocking && function.GetText("behavior") != "NON_BLOCKING")
                return $"Function {name}: only behavior NON_BLOCKING is supported for this model.";
        }
        return null;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
