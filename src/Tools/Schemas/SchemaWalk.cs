using System.Text.Json;

namespace Tools.Schemas;

/// <summary>One walk through a schema and a value side by side, gathering what is wrong and what was put right.</summary>
/// <remarks>One thread.</remarks>
internal sealed class SchemaWalk(JsonElement root)
{
    private const int MaxFaults = 3;
    private const int MaxDepth = 64;
    private const int MaxSteps = 20_000;

    private readonly Dictionary<string, JsonElement?> _corrections = new(StringComparer.Ordinal);
    private bool _isStrict;
    private int _steps;

    /// <summary>Sentences, at most a few.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Other values by place; null for one to be left out.</summary>
    public IReadOnlyDictionary<string, JsonElement?> Corrections => _corrections;

    /// <summary>Checks one value.</summary>
    /// <returns>False when something is wrong with it.</returns>
    public bool Check(JsonElement schema, JsonElement value, ArgumentPath path, int depth)
    {
        if (depth > MaxDepth || ++_steps > MaxSteps)
            return Fault($"{path.Subject} is too deep or too large to be checked.");
        if (schema.ValueKind == JsonValueKind.False)
            return Fault($"{path.Subject} is not allowed.");
        if (schema.ValueKind != JsonValueKind.Object)
            return true;
        if (!CheckType(schema, ref value, path))
            return false;
        return CheckReference(schema, value, path, depth)
            & CheckValue(schema, value, path)
            & CheckChoices(schema, value, path, depth)
            & CheckChildren(schema, value, path, depth);
    }

    private bool Fault(string sentence)
    {
        if (Faults.Count < MaxFaults)
            Faults.Add(sentence);
        return false;
    }

    private bool CheckType(JsonElement schema, ref JsonElement value, ArgumentPath path)
    {
        if (!schema.TryGetProperty("type", out var type))
            return true;
        var kind = value;
        if (SchemaTypes.Names(schema, type).Exists(name => SchemaTypes.Is(kind, name)))
        {
            // 3.0 is an integer in JSON Schema, and none for most functions.
            if (value.ValueKind == JsonValueKind.Number && !SchemaTypes.Allows(schema, type, "number") && !SchemaTypes.IsPlain(value))
                Correct(ref value, ArgumentCorrections.Integer(value), path);
            return true;
        }
        if (!_isStrict && ArgumentCorrections.Correct(value, name => SchemaTypes.Allows(schema, type, name)) is { } corrected)
        {
            Correct(ref value, corrected, path);
            return true;
        }
        return Fault($"{path.Subject} must be {SchemaTypes.Words(schema, type)}, but is {SchemaTypes.Shown(value)}.");
    }

    private void Correct(ref JsonElement value, JsonElement? corrected, ArgumentPath path)
    {
        if (corrected is not { } other)
            return;
        value = other;
        _corrections[path.ToString()] = other;
    }

    private bool CheckReference(JsonElement schema, JsonElement value, ArgumentPath path, int depth) =>
        !schema.TryGetProperty("$ref", out var reference) || SchemaTypes.Resolve(root, reference) is not { } target || Check(target, value, path, depth + 1);

    private bool CheckValue(JsonElement schema, JsonElement value, ArgumentPath path) =>
        ValueRules.Fault(schema, value) is not { } fault || Fault($"{path.Subject} {fault}, but is {SchemaTypes.Shown(value)}.");

    private bool CheckChoices(JsonElement schema, JsonElement value, ArgumentPath path, int depth)
    {
        var isFine = true;
        if (schema.TryGetProperty("allOf", out var all) && all.ValueKind == JsonValueKind.Array)
            foreach (var part in all.EnumerateArray())
                isFine &= Check(part, value, path, depth + 1);
        if (schema.TryGetProperty("anyOf", out var any) && any.ValueKind == JsonValueKind.Array)
            isFine &= CheckOneOf(any, value, path, depth, isOnlyOne: false);
        if (schema.TryGetProperty("oneOf", out var one) && one.ValueKind == JsonValueKind.Array)
            isFine &= CheckOneOf(one, value, path, depth, isOnlyOne: true);
        return isFine;
    }

    // What fits as it is wins over what fits when read leniently.
    private bool CheckOneOf(JsonElement choices, JsonElement value, ArgumentPath path, int depth, bool isOnlyOne)
    {
        var fitting = choices.EnumerateArray().Count(choice => Try(choice, value, path, depth, isStrict: true));
        if (fitting > 1 && isOnlyOne)
            return Fault($"{path.Subject} fits more than one of the forms that exclude each other.");
        if (fitting > 0)
            return choices.EnumerateArray().Any(choice => Try(choice, value, path, depth, isStrict: true));
        if (!_isStrict && choices.EnumerateArray().Any(choice => Try(choice, value, path, depth, isStrict: false)))
            return true;
        var real = choices.EnumerateArray().Where(choice => !SchemaTypes.IsOnlyNull(choice)).ToList();
        return real.Count == 1 ? Check(real[0], value, path, depth + 1) : Fault($"{path.Subject} is {SchemaTypes.Shown(value)}, which fits none of its allowed forms.");
    }

    private bool Try(JsonElement schema, JsonElement value, ArgumentPath path, int depth, bool isStrict)
    {
        var (faults, wasStrict, corrections) = (Faults.ToList(), _isStrict, _corrections.ToList());
        Faults.Clear();
        _isStrict |= isStrict;
        var fits = Check(schema, value, path, depth + 1);
        _isStrict = wasStrict;
        Faults.Clear();
        Faults.AddRange(faults);
        if (!fits)
        {
            _corrections.Clear();
            corrections.ForEach(correction => _corrections[correction.Key] = correction.Value);
        }
        return fits;
    }

    private bool CheckChildren(JsonElement schema, JsonElement value, ArgumentPath path, int depth) => value.ValueKind switch
    {
        JsonValueKind.Object => CheckRequired(schema, value, path) & CheckProperties(schema, value, path, depth),
        JsonValueKind.Array => CheckItems(schema, value, path, depth),
        _ => true,
    };

    private bool CheckRequired(JsonElement schema, JsonElement value, ArgumentPath path)
    {
        var isFine = true;
        foreach (var name in SchemaTypes.Required(schema))
            if (!value.TryGetProperty(name, out _))
                isFine = Fault($"Argument `{path.Property(name)}` is missing.");
        return isFine;
    }

    private bool CheckProperties(JsonElement schema, JsonElement value, ArgumentPath path, int depth)
    {
        var isFine = true;
        var hasProperties = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object;
        var hasMore = schema.TryGetProperty("additionalProperties", out var more);
        foreach (var property in value.EnumerateObject())
        {
            var place = path.Property(property.Name);
            if (hasProperties && properties.TryGetProperty(property.Name, out var inner))
                isFine &= IsLeftOut(schema, inner, property, place, depth) || Check(inner, property.Value, place, depth + 1);
            else if (hasMore && more.ValueKind == JsonValueKind.False)
                isFine = Fault($"{place.Subject} does not exist.{(hasProperties ? $" Arguments that exist: {SchemaTypes.Keys(properties)}." : "")}");
            else if (hasMore)
                isFine &= Check(more, property.Value, place, depth + 1);
        }
        return isFine;
    }

    // Models give null for what they do not know; where it may be left out that is what they mean.
    private bool IsLeftOut(JsonElement parent, JsonElement schema, JsonProperty property, ArgumentPath path, int depth)
    {
        if (_isStrict || property.Value.ValueKind != JsonValueKind.Null || SchemaTypes.Required(parent).Contains(property.Name, StringComparer.Ordinal)
            || Try(schema, property.Value, path, depth, isStrict: true))
            return false;
        _corrections[path.ToString()] = null;
        return true;
    }

    private bool CheckItems(JsonElement schema, JsonElement value, ArgumentPath path, int depth)
    {
        if (!schema.TryGetProperty("items", out var items) || items.ValueKind == JsonValueKind.Array)
            return true;
        var isFine = true;
        var index = 0;
        foreach (var item in value.EnumerateArray())
            isFine &= Check(items, item, path.Item(index++), depth + 1);
        return isFine;
    }
}
