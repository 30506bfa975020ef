namespace Tools;

/// <summary>What a tool may return when the plain value is not enough: a failure in words, or a scheduling of its own.</summary>
public sealed record ToolResult
{
    private ToolResult()
    {
    }

    /// <summary>The value for the model: anything that can be written as JSON.</summary>
    public object? Value { get; private init; }

    /// <summary>What went wrong, as a sentence that the agent can say; null for success.</summary>
    public string? Error { get; private init; }

    /// <summary>Whether trying again later may help.</summary>
    public bool MayRetry { get; private init; }

    /// <summary>Whether the failure leaves open if anything was done: a request was sent and no answer came.</summary>
    public bool IsUnknown { get; private init; }

    /// <summary>Overrides the policy's scheduling for this result.</summary>
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>A result.</summary>
    public static ToolResult Ok(object? value, ToolScheduling? scheduling = null) => new() { Value = value, Scheduling = scheduling };

    /// <summary>A failure that was found before anything was done.</summary>
    /// <param name="error">A sentence that the agent can say.</param>
    /// <param name="mayRetry">Whether trying again later may help.</param>
    public static ToolResult Failed(string error, bool mayRetry = false) => new() { Error = error, MayRetry = mayRetry };

    /// <summary>A failure that leaves open whether anything was done.</summary>
    /// <param name="error">A sentence that the agent can say.</param>
    public static ToolResult Unknown(string error) => new() { Error = error, IsUnknown = true };
}
