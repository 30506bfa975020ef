namespace Tools;

/// <summary>Where tools come from: a plugin, declared HTTP requests, an MCP server, the CRM.</summary>
/// <remarks>Made anew from each configuration that is taken into use; disposed when the last call that uses its tools has ended.</remarks>
public interface IToolSource : IAsyncDisposable
{
    /// <summary>Name in the configuration, by which agents list its tools.</summary>
    string Name { get; }

    /// <summary>Called when <see cref="LoadAsync"/> would give other tools than before; any thread.</summary>
    Action? Changed { get; set; }

    /// <summary>True when somebody else decides what is in the list: a tool of it that cannot be used is left out, where it would otherwise refuse the whole configuration.</summary>
    bool IsForeign => false;

    /// <summary>True when what it was made of has been replaced since, such as an assembly: when the configuration is read anew it is made anew, changed or not.</summary>
    bool IsOutdated => false;

    /// <summary>The tools as they are now.</summary>
    /// <exception cref="ToolSourceException">The source cannot be used as configured, or does not answer.</exception>
    ValueTask<IReadOnlyList<Tool>> LoadAsync(CancellationToken cancellation);
}

/// <summary>A source of tools cannot be used; the message names the configuration key, the value and the remedy.</summary>
public sealed class ToolSourceException : Exception
{
    /// <summary>A source cannot be used.</summary>
    public ToolSourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>True when it is right as configured but does not answer now: the service starts without its tools and tries again; otherwise the start is refused.</summary>
    public bool MayPass { get; init; }
}
