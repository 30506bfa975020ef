namespace Tools.Catalog;

/// <summary>How a changed configuration of the tools is tried out (<see cref="ToolCatalog.PrepareAsync"/>).</summary>
public sealed record ToolChange
{
    /// <summary>Whether the sources in use stay, because only what agents have of them changes; they are made anew all the same when one <see cref="IToolSource.IsOutdated"/>.</summary>
    public bool KeepsSources { get; init; }

    /// <summary>Whether a source that works now and would not after the change speaks against it.</summary>
    public bool AwaitsSilent { get; init; }

    /// <summary>What the service has against an agent's tools; nothing when left out.</summary>
    public Func<string, IReadOnlyList<Tool>, IEnumerable<string>> AgentFaults { get; init; } = (_, _) => [];
}
