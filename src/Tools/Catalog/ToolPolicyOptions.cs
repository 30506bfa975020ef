namespace Tools.Catalog;

/// <summary>What the configuration says of one tool's rules (<c>Tools:Policies:NAME</c>); what it leaves out is the source's word.</summary>
/// <remarks>The meaning of each is told at the property of the same name in <see cref="ToolPolicy"/>.</remarks>
public sealed class ToolPolicyOptions
{
    /// <summary>Whether the model waits.</summary>
    public ToolBehavior? Behavior { get; init; }

    /// <summary>When the model speaks of a result that it did not wait for.</summary>
    public ToolScheduling? Scheduling { get; init; }

    /// <summary>Longest run: more than zero, at most an hour.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Invocations at the same time, 1 to 10,000.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Further tries, 0 to 10.</summary>
    public int? Retries { get; init; }

    /// <summary>Whether running it twice does no harm.</summary>
    public bool? Idempotent { get; init; }

    /// <summary>Largest result in bytes, 64 to 1,048,576.</summary>
    public int? MaxResultBytes { get; init; }

    /// <summary>What the caller hears while they wait.</summary>
    public ToolFillerOptions? Filler { get; init; }

    /// <summary>Whether the caller has to agree first.</summary>
    public bool? Confirm { get; init; }

    /// <summary>Time in which a repeated call is answered with the first result: zero to an hour.</summary>
    public TimeSpan? DuplicateWindow { get; init; }

    /// <summary>What the agent may offer when it fails.</summary>
    public string? Offer { get; init; }

    /// <summary>Agents that may have it; null leaves it to the source, empty means all.</summary>
    public IReadOnlyList<string>? AllowedAgents { get; init; }
}

/// <summary>What a caller hears while they wait for one tool.</summary>
public sealed class ToolFillerOptions
{
    /// <summary>Silence of the agent after which it begins; null takes 0.9 s.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>What the agent is asked to say; null or empty for a sound only.</summary>
    public string? Text { get; init; }
}
