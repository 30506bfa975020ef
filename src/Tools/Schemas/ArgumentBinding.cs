using System.Reflection;
using System.Text.Json;

namespace Tools.Schemas;

/// <summary>Finds out before a .NET method is called whether its parameters can take the arguments: a schema says that a date is a text, not which texts are dates.</summary>
/// <remarks>Any thread. Without it the method's binding would throw, and nobody could tell that from a failure in the middle of the work.</remarks>
internal static class ArgumentBinding
{
    /// <summary>What is wrong with arguments.</summary>
    /// <returns>A sentence for the model; null when nothing is, or when the function is no .NET method.</returns>
    public static string? Fault(AIFunction function, JsonElement arguments)
    {
        if (function.UnderlyingMethod is not { } method)
            return null;
        foreach (var parameter in method.GetParameters())
        {
            if (NeedsNoLook(parameter) || !arguments.TryGetProperty(parameter.Name!, out var value) || Fits(value, parameter.ParameterType, function.JsonSerializerOptions))
                continue;
            return $"Argument `{parameter.Name}` must be {Words(Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType)}, but is {SchemaTypes.Shown(value)}.";
        }
        return null;
    }

    private static bool NeedsNoLook(ParameterInfo parameter) =>
        parameter.Name is null || parameter.ParameterType.IsInterface || parameter.ParameterType == typeof(string) || parameter.ParameterType == typeof(JsonElement) || parameter.ParameterType == typeof(bool);

    private static bool Fits(JsonElement value, Type type, JsonSerializerOptions options)
    {
        try
        {
            _ = value.Deserialize(type, options);
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or InvalidOperationException or ArgumentException)
        {
            return false;
        }
        catch (NotSupportedException)
        {
            return true;   // a type that only the function's own binding knows
        }
    }

    private static string Words(Type type)
    {
        if (type == typeof(DateTime) || type == typeof(DateTimeOffset))
            return "a date and time such as \"2026-03-01T14:30:00\"";
        if (type == typeof(DateOnly))
            return "a date such as \"2026-03-01\"";
        if (type == typeof(TimeOnly))
            return "a time of day such as \"14:30:00\"";
        if (type == typeof(TimeSpan))
            return "a duration such as \"01:30:00\"";
        if (type == typeof(Guid))
            return "a UUID";
        if (type.IsEnum)
            return $"one of {string.Join(", ", Enum.GetNames(type).Take(20))}";
        return type.IsPrimitive || type == typeof(decimal) ? "a number within its range" : "of the form that its description gives";
    }
}
