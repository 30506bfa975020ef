namespace Tools;

/// <summary>The rules under which a tool runs.</summary>
/// <remarks>Immutable. What a source does not say has these defaults; <c>Tools:Policies:NAME</c> in the configuration overrides both.</remarks>
public sealed record ToolPolicy
{
    /// <summary>Whether the model waits for the result.</summary>
    public ToolBehavior Behavior { get; init; } = ToolBehavior.Blocking;

    /// <summary>When the model speaks of a result that it did not wait for; a result may say otherwise (<see cref="ToolResult.Scheduling"/>).</summary>
    public ToolScheduling Scheduling { get; init; } = ToolScheduling.WhenIdle;

    /// <summary>Longest run, retries included; then the model is told that it failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Invocations at the same time in the whole service; further ones are told to come back later.</summary>
    public int MaxConcurrency { get; init; } = 16;

    /// <summary>Further tries after a failure that may pass, within <see cref="Timeout"/>; only for tools that are <see cref="Idempotent"/>, or where the tool itself says that nothing was done (<see cref="ToolResult.Failed"/>).</summary>
    public int Retries { get; init; }

    /// <summary>True when running it twice does no harm; anything else is written to the ledger before it runs, and never run twice for one wish of the model.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Largest result as JSON, in bytes; a larger one is told as a failure.</summary>
    public int MaxResultBytes { get; init; } = 16 * 1024;

    /// <summary>What the caller hears while they wait for it; null for what the call does in every silence (<c>Calls:Silence</c>).</summary>
    public ToolFiller? Filler { get; init; }

    /// <summary>True when the caller has to agree in words first: the first call of the model is answered with that request, and the same call runs once the agent has spoken after that, and then the caller.</summary>
    public bool Confirm { get; init; }

    /// <summary>The same call of the model within this time is answered with the first result; zero runs it again.</summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the agent may offer a caller when it fails, such as <c>a call back</c>; empty for nothing.</summary>
    public string Offer { get; init; } = "";

    /// <summary>Agents that may have it; empty means every agent that lists it.</summary>
    public IReadOnlyList<string> AllowedAgents { get; init; } = [];
}

/// <summary>What a caller hears while they wait for a tool.</summary>
public sealed record ToolFiller
{
    /// <summary>Silence of the agent after which it begins.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(0.9);

    /// <summary>What the agent is asked to say where the model can speak meanwhile; empty for a sound only.</summary>
    public string Text { get; init; } = "";
}

/// <summary>Whether the model waits for a tool.</summary>
public enum ToolBehavior
{
    /// <summary>It waits, and says nothing meanwhile.</summary>
    Blocking,

    /// <summary>The conversation goes on.</summary>
    NonBlocking,
}

/// <summary>When the model speaks of a result that it did not wait for.</summary>
public enum ToolScheduling
{
    /// <summary>At once; what it is saying is cut.</summary>
    Interrupt,

    /// <summary>After what it is saying has been heard.</summary>
    WhenIdle,

    /// <summary>Not at all, unless asked; the model learns it with the next thing that the caller says.</summary>
    Silent,
}
