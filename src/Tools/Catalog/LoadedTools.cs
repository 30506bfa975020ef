namespace Tools.Catalog;

/// <summary>What the sources gave, and which of them gave nothing because they do not answer.</summary>
/// <param name="Sources">Names of the sources that answered.</param>
/// <param name="Tools">Their tools.</param>
/// <param name="Absent">Names of the sources that did not answer.</param>
/// <param name="IsWhole">False when some sources could not be made at all, which is told elsewhere.</param>
internal sealed record LoadedTools(IReadOnlyList<string> Sources, IReadOnlyList<Tool> Tools, IReadOnlyList<string> Absent, bool IsWhole = true)
{
    /// <summary>Names of those among <see cref="Sources"/> whose lists are somebody else's (<see cref="IToolSource.IsForeign"/>).</summary>
    public IReadOnlyList<string> Foreign { get; init; } = [];

    /// <summary>Whether a tool that is not among them may only be missing for now.</summary>
    public bool MayLack => !IsWhole || Absent.Count > 0;

    /// <summary>Whether an entry of an agent's list may mean such a tool.</summary>
    public bool MayMean(string entry)
    {
        var dot = entry.LastIndexOf('.');
        var source = dot < 0 || Absent.Contains(entry, StringComparer.OrdinalIgnoreCase) ? entry : entry[..dot];
        if (Sources.Contains(source, StringComparer.OrdinalIgnoreCase))
            return false;
        return !IsWhole || Absent.Contains(source, StringComparer.OrdinalIgnoreCase) || (dot < 0 && Absent.Count > 0);
    }

    /// <summary>Whether a tool is of a list that is somebody else's.</summary>
    public bool IsForeign(Tool tool) => Foreign.Contains(tool.Source, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether an entry of an agent's list, <c>source.tool</c>, means a tool of such a list.</summary>
    public bool IsOfForeign(string entry) => entry.LastIndexOf('.') is > 0 and var dot && Foreign.Contains(entry[..dot], StringComparer.OrdinalIgnoreCase);

    /// <summary>What there is, for somebody who wrote something else.</summary>
    public string Describe() => Tools.Count == 0
        ? "no source has a tool (docs/tools.md)"
        : $"there are: {string.Join("; ", Sources.Select(source => $"{source} with {string.Join(", ", Tools.Where(tool => tool.Source == source).Select(tool => tool.Name))}"))}";
}
