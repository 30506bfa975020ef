using System.Net;
using System.Text.Json;

namespace Tools.Http;

/// <summary>What an answer of a server means for the model.</summary>
/// <param name="title">What the agent calls the server, as the beginning of a sentence.</param>
/// <param name="fields">What the model sees.</param>
/// <param name="isIdempotent">Whether doing it twice does no harm.</param>
internal sealed class HttpAnswer(string title, ResultFields fields, bool isIdempotent)
{
    private const int MaxMessageCharacters = 200;

    // Where services put the sentence that says why (RFC 9457 and common habits).
    private static readonly string[] MessageFields = ["detail", "message", "error_description", "error", "title", "errors"];

    /// <summary>The outcome of an answer.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="body">Its body.</param>
    /// <param name="retryAfter">When the server wants to be asked again.</param>
    /// <param name="secrets">Values that are hidden.</param>
    public HttpOutcome Outcome(HttpStatusCode status, HttpBody body, TimeSpan? retryAfter, IReadOnlyList<string> secrets) => (int)status switch
    {
        >= 200 and < 300 => new HttpOutcome(Success(body, secrets)),
        404 or 410 when isIdempotent => new HttpOutcome(ToolResult.Ok(NotFound(body, secrets))),
        401 or 403 or 407 => Refusal("does not accept our credentials."),
        408 or 425 or 429 => new HttpOutcome(ToolResult.Failed($"{title} is busy.", mayRetry: true)) { IsNothingDone = true, IsTransient = true, RetryAfter = retryAfter },
        501 => Refusal("cannot do that."),
        // Some proxies answer so when the server dies in its work; one that says when to come back has refused it.
        503 when retryAfter is not null => new HttpOutcome(ToolResult.Failed($"{title} is not available.", mayRetry: true))
        {
            IsNothingDone = true, IsTransient = true, IsServerFault = true, RetryAfter = retryAfter,
        },
        503 => Broken("is not available.") with { IsTransient = true, IsServerFault = true },
        >= 500 => Broken("reports a fault of its own.") with { IsTransient = true, IsServerFault = true, RetryAfter = retryAfter },
        >= 300 and < 400 => Broken("sent us on to somewhere else, which is not allowed."),
        _ => Refusal(Message(body, secrets) is { } message ? $"refused this: {message}" : $"refused this (status {(int)status})."),
    };

    /// <summary>A failure after which it is not known whether anything was done, unless that would do no harm.</summary>
    public HttpOutcome Broken(string what) =>
        new(isIdempotent ? ToolResult.Failed($"{title} {what}", mayRetry: true) : ToolResult.Unknown($"{title} was asked to do it, but {what}"));

    /// <summary>A failure that leaves nothing done.</summary>
    public HttpOutcome Refusal(string what) => new(ToolResult.Failed($"{title} {what}")) { IsNothingDone = true };

    private ToolResult Success(HttpBody body, IReadOnlyList<string> secrets)
    {
        if (body.Fault is { } fault)
            return Broken($"answered {fault}.").Result;
        try
        {
            return ToolResult.Ok(body.IsEmpty ? "done" : body.Json is { } json ? fields.Of(json, secrets) : ResultFields.Hide(body.Text!, secrets));
        }
        catch (InvalidOperationException)
        {
            return Broken("answered with garbled data.").Result;   // JSON whose strings are no text (half a surrogate pair)
        }
    }

    private static JsonElement NotFound(HttpBody body, IReadOnlyList<string> secrets) => JsonSerializer.SerializeToElement(
        Message(body, secrets) is { } message ? new { status = "not found", message } : (object)new { status = "not found" });

    private static string? Message(HttpBody body, IReadOnlyList<string> secrets)
    {
        try
        {
            var text = body.Json is { } json ? MessageIn(json, depth: 0) : body.Text;
            return text is { Length: > 0 and <= MaxMessageCharacters } && !text.Any(character => char.IsControl(character) || character == '<')
                ? ResultFields.Hide(text, secrets) : null;
        }
        catch (InvalidOperationException)
        {
            return null;   // as above
        }
    }

    private static string? MessageIn(JsonElement json, int depth) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Array when depth < 3 && json.GetArrayLength() > 0 => MessageIn(json[0], depth + 1),
        JsonValueKind.Object when depth < 3 => MessageFields.Select(field => json.TryGetProperty(field, out var value) ? MessageIn(value, depth + 1) : null)
            .FirstOrDefault(text => text is { Length: > 0 }),
        _ => null,
    };
}
