namespace Tools.Http;

/// <summary>How one try of a request ended.</summary>
/// <param name="Result">What the tool returns if it was the last one.</param>
internal sealed record HttpOutcome(ToolResult Result)
{
    /// <summary>Whether another try may end better.</summary>
    public bool IsTransient { get; init; }

    /// <summary>Whether it is certain that the server has done nothing.</summary>
    public bool IsNothingDone { get; init; }

    /// <summary>Whether the server is ill, as opposed to refusing this request.</summary>
    public bool IsServerFault { get; init; }

    /// <summary>When the server wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
