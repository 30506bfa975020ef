using System.Text.Json;

namespace Simulation.Live.Scripts;

/// <summary>Reads one object of a script: each key once, by its kind; keys that nobody asked for are refused.</summary>
/// <remarks>The first fault is kept, with the place; readers of inner objects report to the outermost.</remarks>
internal sealed class ScriptReader(JsonElement element, string place, string directory, ScriptReader? outer = null)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private string? _error;

    /// <summary>The first fault; null while there is none.</summary>
    public string? Error => outer is null ? _error : outer.Error;

    /// <summary>Where the object stands, for example <c>sessions[0].steps[2] (say)</c>.</summary>
    public string Place { get; set; } = place;

    /// <summary>Where WAV files are looked for.</summary>
    public string Directory => directory;

    public void Fail(string fault) => Report($"{Place}: {fault}");

    public bool Has(string key) => Find(key).ValueKind != JsonValueKind.Undefined;

    public string Text(string key) => Text(key, fallback: null) ?? "";

    public string Text(string key, string? fallback)
    {
        var value = Find(key);
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        Missing(key, value, fallback is not null, "a text");
        return fallback ?? "";
    }

    public string OneOf(string key, string? fallback, params string[] values)
    {
        var text = Text(key, fallback);
        if (!values.Contains(text))
            Fail($"\"{key}\" is \"{text}\"; it must be one of {string.Join(", ", values)}");
        return text;
    }

    /// <summary>One of an enum's names, in lower case.</summary>
    public T OneOf<T>(string key, T fallback)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        return Enum.TryParse<T>(OneOf(key, fallback.ToString().ToLowerInvariant(), names), ignoreCase: true, out var value) ? value : fallback;
    }

    public int Number(string key, int minimum, int maximum, int? fallback = null)
    {
        var value = Find(key);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum && number <= maximum)
            return number;
        Missing(key, value, fallback is not null, $"a whole number from {minimum} to {maximum}");
        return fallback ?? minimum;
    }

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var value = Find(key);
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return value.EnumerateArray().Select(item => item.GetString()!).ToList();
        Missing(key, value, isOptional: false, "a list of texts");
        return [];
    }

    /// <summary>A list of at least one whole number.</summary>
    public IReadOnlyList<int> Numbers(string key, int minimum, int maximum)
    {
        var value = Find(key);
        var numbers = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) ? number : minimum - 1).ToList() : [];
        if (numbers.Count > 0 && numbers.TrueForAll(number => number >= minimum && number <= maximum))
            return numbers;
        Missing(key, value, isOptional: false, $"a list of whole numbers from {minimum} to {maximum}");
        return [minimum];
    }

    public bool Flag(string key, bool fallback)
    {
        var value = Find(key);
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Missing(key, value, isOptional: true, "true or false");
        return fallback;
    }

    /// <summary>Any object, kept as it is; an empty one when absent.</summary>
    public JsonElement Json(string key)
    {
        var value = Find(key);
        if (value.ValueKind == JsonValueKind.Object)
            return value.Clone();
        Missing(key, value, isOptional: true, "an object");
        using var empty = JsonDocument.Parse("{}");
        return empty.RootElement.Clone();
    }

    /// <summary>A reader for an inner object.</summary>
    public ScriptReader Object(string key) => new(Find(key), $"{Place}.{key}", directory, this);

    /// <summary>Readers for the objects of a list.</summary>
    public IReadOnlyList<ScriptReader> Objects(string key)
    {
        var value = Find(key);
        if (value.ValueKind != JsonValueKind.Array)
        {
            Missing(key, value, isOptional: false, "a list");
            return [];
        }
        var path = Place == "script" ? key : $"{Place}.{key}";
        return value.EnumerateArray().Select((item, index) => new ScriptReader(item, $"{path}[{index}]", directory, this)).ToList();
    }

    /// <summary>Call last: whatever was not asked for is unknown.</summary>
    public void RefuseUnknownKeys()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail("must be an object");
            return;
        }
        foreach (var property in element.EnumerateObject().Where(property => !_asked.Contains(property.Name)))
            Fail($"unknown key \"{property.Name}\"; known here: {string.Join(", ", _asked)}");
    }

    private JsonElement Find(string key)
    {
        _asked.Add(key);
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) ? value : default;
    }

    private void Missing(string key, JsonElement value, bool isOptional, string expected)
    {
        if (value.ValueKind != JsonValueKind.Undefined)
            Fail($"\"{key}\" is {value.GetRawText()}; it must be {expected}");
        else if (!isOptional)
            Fail($"\"{key}\" is missing; it must be {expected}");
    }

    private void Report(string fault)
    {
        if (outer is not null)
            outer.Report(fault);
        else
            _error ??= fault;
    }
}
