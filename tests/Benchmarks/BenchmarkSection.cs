namespace Benchmarks;

/// <summary>What one verb measures, and the part of docs/benchmarks.md that holds its figures.</summary>
/// <param name="Title">Heading of the part.</param>
/// <param name="Introduction">What was run, and how to read it.</param>
/// <param name="Run">Measures.</param>
internal sealed record BenchmarkSection(string Title, string Introduction, Func<IReadOnlyList<FigureRow>> Run)
{
    /// <summary>How the figures are laid out.</summary>
    public Func<IReadOnlyList<FigureRow>, string> Layout { get; init; } = FigureTable.ToMarkdown;

    private string Heading => $"## {Title}\n";

    /// <summary>Measures and writes the part: how to read it, where it was measured, the figures.</summary>
    /// <param name="verb">What it is called on the command line.</param>
    public string Measure(string verb)
    {
        var loadBefore = Machine.Load;
        var rows = Run();
        return $"{Heading}\nMade by `dotnet run -c Release --project tests/Benchmarks -- {verb} --out docs/benchmarks.md`. {Introduction}\n"
            + $"\nMeasured {Machine.Describe()}; load {loadBefore} before the run, {Machine.Load} after it.\n\n"
            + Layout(rows);
    }

    /// <summary>Puts a measured part in the place of the one of the same heading, or at the page's end; the rest of the page stays.</summary>
    public string PutInto(string page, string part)
    {
        var start = page.IndexOf(Heading, StringComparison.Ordinal);
        if (start < 0)
            return $"{page.TrimEnd()}\n\n{part}".TrimStart();
        var next = page.IndexOf("\n## ", start, StringComparison.Ordinal);
        return page[..start] + part + (next < 0 ? "" : page[next..]);
    }
}
