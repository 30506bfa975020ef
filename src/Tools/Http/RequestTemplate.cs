using System.Text.Json;
using Tools.Templates;

namespace Tools.Http;

/// <summary>Makes the requests of one declared tool.</summary>
/// <remarks>Immutable; what it needs was checked when it was made (<see cref="HttpToolReader"/>).</remarks>
internal sealed record RequestTemplate
{
    /// <summary>The verb.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The address.</summary>
    public required UrlTemplate Url { get; init; }

    /// <summary>Query parameters.</summary>
    public required IReadOnlyList<(string Name, TextTemplate Value)> Query { get; init; }

    /// <summary>Headers of the source and of the tool.</summary>
    public required IReadOnlyList<(string Name, TextTemplate Value)> Headers { get; init; }

    /// <summary>The body; null sends the arguments that stand nowhere else where the method has a body.</summary>
    public BodyTemplate? Body { get; init; }

    /// <summary>Header of the idempotency key; empty for none.</summary>
    public string IdempotencyHeader { get; init; } = "";

    /// <summary>Hosts that may be called.</summary>
    public required HostList Hosts { get; init; }

    /// <summary>Whether a method has a body when none is declared.</summary>
    public static bool HasBody(HttpMethod method) => method == HttpMethod.Post || method == HttpMethod.Put || method == HttpMethod.Patch;

    /// <summary>Whether a method only reads (RFC 9110 section 9.2.1).</summary>
    public static bool IsSafe(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head;

    /// <summary>Arguments that stand in the address, the query or a header.</summary>
    public IEnumerable<string> PlacedArguments => Url.Arguments.Concat(Query.Concat(Headers).SelectMany(pair => pair.Value.Arguments));

    /// <summary>All secrets.</summary>
    public IEnumerable<Secret> Secrets => Url.Secrets.Concat(Query.Concat(Headers).SelectMany(pair => pair.Value.Secrets)).Concat(Body?.Secrets ?? []);

    /// <summary>The request of one call.</summary>
    /// <param name="values">What stands in its places.</param>
    /// <param name="isIdempotent">Whether doing it twice does no harm, whatever the method says.</param>
    /// <param name="plan">The request.</param>
    /// <returns>Why there is none, as a sentence for the model; null when there is one.</returns>
    public string? TryExpand(CallValues values, bool isIdempotent, out RequestPlan? plan)
    {
        plan = null;
        if (Url.TryExpand(values, Query.SelectMany(pair => Pairs(pair.Name, pair.Value, values)), out var address) is { } fault)
            return fault;
        if (!Hosts.Allows(address!))
            return "The arguments lead to a server that must not be called.";
        var headers = new List<(string Name, string Value)>();
        foreach (var (name, template) in Headers)
        {
            if (template.Expand(values.Text, text => text) is not { } value)
                continue;
            if (!IsHeaderValue(value))
                return "An argument has characters that are not allowed there.";
            headers.Add((name, value));
        }
        var mayRepeat = IsSafe(Method) && isIdempotent;
        if (!mayRepeat && IdempotencyHeader.Length > 0 && values.IdempotencyKey.Length > 0)
            headers.Add((IdempotencyHeader, values.IdempotencyKey));
        plan = new RequestPlan(Method, address!, headers, IsSafe(Method) ? null : Content(values), mayRepeat);
        return null;
    }

    /// <summary>Whether a text can stand in a header: nothing that ends it.</summary>
    public static bool IsHeaderValue(string value) => value.All(character => character is >= ' ' and <= '~');

    private static IEnumerable<string> Pairs(string name, TextTemplate template, CallValues values)
    {
        if (template.OnlyArgument is { } argument && values.Json(argument) is { ValueKind: JsonValueKind.Array } list)
            return list.EnumerateArray().Select(entry => Pair(name, entry.ValueKind == JsonValueKind.String ? entry.GetString()! : entry.GetRawText()));
        return template.Expand(values.Text, text => text) is { } value ? [Pair(name, value)] : [];
    }

    private static string Pair(string name, string value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";

    private byte[] Content(CallValues values)
    {
        if (Body is not null)
            return Body.Expand(values);
        var placed = PlacedArguments.ToHashSet(StringComparer.Ordinal);
        return HasBody(Method) ? BodyTemplate.Of(values.Arguments.Where(argument => !placed.Contains(argument.Key))) : [];
    }
}

/// <summary>One request, to be sent once or several times.</summary>
/// <param name="Method">The verb.</param>
/// <param name="Address">Where to.</param>
/// <param name="Headers">Names and values.</param>
/// <param name="Body">JSON; empty for a method with effects but without a body, null for one that only reads.</param>
/// <param name="MayRepeat">Whether a redirect may repeat it elsewhere: it reads, and the operator does not say otherwise.</param>
internal sealed record RequestPlan(HttpMethod Method, Uri Address, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, bool MayRepeat);
