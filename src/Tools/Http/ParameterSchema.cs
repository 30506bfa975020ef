using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tools.Http;

/// <summary>The JSON schema of declared parameters.</summary>
internal static class ParameterSchema
{
    private static readonly string[] Types = ["string", "integer", "number", "boolean", "array", "object"];

    /// <summary>What is wrong with a parameter: key and remedy.</summary>
    public static IEnumerable<(string Key, string Fault)> Faults(string name, HttpParameterOptions parameter)
    {
        if (CallValues.OfTheCall.Contains(name))
            yield return ("", $"the name is taken: {{{name}}} stands for what is known of the phone call; rename the parameter");
        if (!Types.Contains(parameter.Type))
            yield return (nameof(parameter.Type), $"'{parameter.Type}' is no type; use {string.Join(", ", Types)}");
        if (!Types.Contains(parameter.Items))
            yield return (nameof(parameter.Items), $"'{parameter.Items}' is no type; use {string.Join(", ", Types)}");
        if (!IsExpression(parameter.Pattern))
            yield return (nameof(parameter.Pattern), $"'{parameter.Pattern}' is no regular expression");
        if (parameter.Minimum > parameter.Maximum)
            yield return (nameof(parameter.Minimum), "it is greater than Maximum");
        if (parameter.Default is { } text && Types.Contains(parameter.Type) && Value(parameter.Type, text) is null)
            yield return (nameof(parameter.Default), $"'{text}' is not of type {parameter.Type}");
        if (parameter.Enum.FirstOrDefault(value => Types.Contains(parameter.Type) && Value(parameter.Type, value) is null) is { } unfit)
            yield return (nameof(parameter.Enum), $"'{unfit}' is not of type {parameter.Type}");
    }

    /// <summary>The schema of all parameters.</summary>
    public static JsonElement Of(IReadOnlyDictionary<string, HttpParameterOptions> parameters)
    {
        var required = parameters.Where(parameter => parameter.Value.Required).Select(parameter => (JsonNode)parameter.Key).ToArray();
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(parameters.Select(parameter => KeyValuePair.Create(parameter.Key, (JsonNode?)Of(parameter.Value)))),
        };
        if (required.Length > 0)
            schema["required"] = new JsonArray(required);
        schema["additionalProperties"] = false;
        return JsonSerializer.SerializeToElement(schema);
    }

    /// <summary>Default values by parameter.</summary>
    public static Dictionary<string, JsonElement> Defaults(IReadOnlyDictionary<string, HttpParameterOptions> parameters) => parameters
        .Where(parameter => parameter.Value.Default is not null)
        .ToDictionary(parameter => parameter.Key, parameter => Value(parameter.Value.Type, parameter.Value.Default!)!.Value, StringComparer.Ordinal);

    private static JsonObject Of(HttpParameterOptions parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Description.Length > 0)
            schema["description"] = parameter.Description;
        if (parameter.Enum.Count > 0)
            schema["enum"] = new JsonArray([.. parameter.Enum.Select(value => Node(parameter.Type, value))]);
        if (parameter.Pattern.Length > 0)
            schema["pattern"] = parameter.Pattern;
        if (parameter.Minimum is { } minimum)
            schema["minimum"] = minimum;
        if (parameter.Maximum is { } maximum)
            schema["maximum"] = maximum;
        if (parameter.Default is { } text)
            schema["default"] = Node(parameter.Type, text);
        if (parameter.Type == "array")
            schema["items"] = new JsonObject { ["type"] = parameter.Items };
        return schema;
    }

    private static JsonNode? Node(string type, string text) => JsonSerializer.SerializeToNode(Value(type, text)!.Value);

    private static JsonElement? Value(string type, string text)
    {
        object? value = type switch
        {
            "string" => text,
            "integer" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null,
            "number" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null,
            "boolean" => bool.TryParse(text, out var truth) ? truth : null,   // the configuration writes True
            _ => Parse(text) is { } json && json.ValueKind == (type == "array" ? JsonValueKind.Array : JsonValueKind.Object) ? json : null,
        };
        return value is null ? null : JsonSerializer.SerializeToElement(value);
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsExpression(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
