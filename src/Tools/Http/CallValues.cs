using System.Text.Json;

namespace Tools.Http;

/// <summary>What the places of a template are filled with for one call: the model's arguments, and what is known of the phone call.</summary>
/// <remarks>Lives as long as one invocation.</remarks>
internal sealed class CallValues
{
    /// <summary>Names that stand for the phone call and that no parameter may have.</summary>
    public static readonly IReadOnlyList<string> OfTheCall = ["caller", "caller_verified", "diverted_from", "dialled", "call", "agent"];

    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly ToolContext? _context;

    /// <param name="arguments">As the model gave them; nulls count as not given.</param>
    /// <param name="defaults">Values of arguments that were not given.</param>
    /// <param name="context">The phone call; null outside of one.</param>
    public CallValues(IEnumerable<KeyValuePair<string, object?>> arguments, IReadOnlyDictionary<string, JsonElement> defaults, ToolContext? context)
    {
        _context = context;
        foreach (var (name, value) in defaults)
            _values[name] = value;
        foreach (var (name, value) in arguments)
        {
            var element = value as JsonElement? ?? JsonSerializer.SerializeToElement(value);
            if (element.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                _values[name] = element;
        }
    }

    /// <summary>The arguments, defaults included.</summary>
    public IReadOnlyDictionary<string, JsonElement> Arguments => _values;

    /// <summary>Key of the request for the server; empty outside of a phone call.</summary>
    public string IdempotencyKey => _context?.IdempotencyKey ?? "";

    /// <summary>A value as text; null when there is none.</summary>
    public string? Text(string name)
    {
        if (OfTheCall.Contains(name))
            return OfCall(name) is { Length: > 0 } text ? text : null;
        return !_values.TryGetValue(name, out var value) ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
    }

    /// <summary>A value as JSON; null when there is none.</summary>
    public JsonElement? Json(string name)
    {
        if (OfTheCall.Contains(name))
            return Text(name) is { } text ? JsonSerializer.SerializeToElement(text) : null;
        return _values.TryGetValue(name, out var value) ? value : null;
    }

    private string? OfCall(string name) => name switch
    {
        "caller" => _context?.CallerNumber,
        "caller_verified" => _context?.CallerIsVerified == true ? "true" : "false",
        "diverted_from" => _context?.DivertedFrom,
        "dialled" => _context?.DialledNumber,
        "agent" => _context?.Agent,
        _ => _context?.CallId,
    };
}
