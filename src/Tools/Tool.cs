using System.Text.Json;

namespace Tools;

/// <summary>One thing that the model may call: a function, and the rules under which it runs.</summary>
/// <remarks>Immutable; shared by all calls.</remarks>
/// <param name="Function">Name, description, JSON schema of the arguments, and the work itself.</param>
/// <param name="Policy">The rules.</param>
public sealed record Tool(AIFunction Function, ToolPolicy Policy)
{
    /// <summary>Name that the model calls: a letter or underscore, then letters, digits, underscores; at most 64.</summary>
    public string Name => Function.Name;

    /// <summary>Name of the source that it came from, such as <c>crm</c>; agents list tools by <c>source</c> or by <c>source.name</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>True for foreign code that may block its thread: it runs on threads of its own.</summary>
    public bool MayBlock { get; init; }

    /// <summary>Undoes what a cancelled or unwanted invocation has done; null when that cannot be undone.</summary>
    public Compensation? Compensate { get; init; }
}

/// <summary>Undoes an invocation.</summary>
/// <param name="context">The invocation's own context, the idempotency key included.</param>
/// <param name="arguments">A JSON object, as the tool got it.</param>
/// <param name="result">What the tool had returned; null when that is not known.</param>
/// <param name="cancellation">The limit of the tool's own policy.</param>
/// <returns>A sentence on what was undone.</returns>
public delegate ValueTask<string> Compensation(ToolContext context, JsonElement arguments, JsonElement? result, CancellationToken cancellation);
