namespace Tools.Catalog;

/// <summary>The tools of one agent as they are for one call: what was configured when the call began stays until it ends.</summary>
/// <remarks>Immutable but for its end. Whoever rents one from the catalogue gives it back by <see cref="Dispose"/>; then sources that nobody uses any more are closed.</remarks>
public sealed class ToolSet : IDisposable
{
    private readonly Dictionary<string, Tool> _byName;
    private Action? _returned;

    /// <summary>A set of tools.</summary>
    /// <param name="tools">In the order in which the model shall see them; names are unique.</param>
    /// <param name="returned">Called once when the set is given back.</param>
    public ToolSet(IEnumerable<Tool> tools, Action? returned = null)
    {
        Tools = [.. tools];
        _byName = Tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);
        _returned = returned;
    }

    /// <summary>No tools.</summary>
    public static ToolSet Empty { get; } = new([]);

    /// <summary>The tools, in the order in which the model sees them.</summary>
    public IReadOnlyList<Tool> Tools { get; }

    /// <summary>The tool of a name, or null.</summary>
    public Tool? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>This set and more tools, such as those that act on one phone call; giving the new set back gives this one back.</summary>
    public ToolSet With(IEnumerable<Tool> more) => new([.. Tools, .. more], Dispose);

    /// <summary>This set with the tools of one source made ready for one phone call; giving the new set back gives this one back.</summary>
    /// <param name="source">Name of the source, such as <c>phone</c>.</param>
    /// <param name="bind">Gives the tool as the call can run it, under the configured policy; null where this call cannot.</param>
    public ToolSet Bind(string source, Func<Tool, Tool?> bind) =>
        new(Tools.Select(tool => tool.Source == source ? bind(tool) : tool).OfType<Tool>(), Dispose);

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _returned, null)?.Invoke();
}
