using System.Text.Json;

namespace Tools.Invocation;

/// <summary>What is known of a tool's effects after it was called.</summary>
internal enum AttemptKind
{
    /// <summary>It did its work.</summary>
    Done,

    /// <summary>It failed before it had done anything.</summary>
    NothingDone,

    /// <summary>It failed, and whether anything was done is open.</summary>
    Unclear,
}

/// <summary>How one attempt to run a tool ended.</summary>
/// <param name="Kind">What is known of its effects.</param>
/// <param name="Response">The answer for the model; null where the run's words are to be made from <paramref name="Error"/>.</param>
/// <param name="Error">The tool's own sentence on its failure; null for none.</param>
/// <param name="MayRetry">Whether trying again may help.</param>
internal sealed record AttemptEnd(AttemptKind Kind, JsonElement? Response = null, string? Error = null, bool MayRetry = false)
{
    /// <summary>The tool's word on when the model shall speak of it.</summary>
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>Size of the result as JSON.</summary>
    public int ResultBytes { get; init; }

    /// <summary>What an operator should know.</summary>
    public string Note { get; init; } = "";

    /// <summary>Reads what a tool returned.</summary>
    public static async ValueTask<AttemptEnd> ReadAsync(Tool tool, object? returned, CancellationToken cancellation)
    {
        var result = returned as ToolResult;
        if (result?.Error is { } error)
            return new(result.IsUnknown ? AttemptKind.Unclear : AttemptKind.NothingDone, Error: error, MayRetry: result.MayRetry) { Scheduling = result.Scheduling };
        try
        {
            var (response, bytes) = await ResultJson.OutputAsync(result is null ? returned : result.Value, tool.Policy.MaxResultBytes, cancellation);
            return new(AttemptKind.Done, response) { Scheduling = result?.Scheduling, ResultBytes = bytes };
        }
        catch (ResultTooLargeException)
        {
            return Unread(tool, ToolWords.TooLarge(tool), $"The result is larger than {tool.Policy.MaxResultBytes} bytes.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return Unread(tool, ToolWords.Unreadable(tool), $"The result cannot be written as JSON: {e.GetType().Name}.");
        }
    }

    // A tool with effects has had them; one without has failed.
    private static AttemptEnd Unread(Tool tool, string words, string note) =>
        new(tool.Policy.Idempotent ? AttemptKind.NothingDone : AttemptKind.Done, ResultJson.Error(words)) { Note = note };
}
