using System.Text;

namespace Benchmarks;

/// <summary>Rows of figures as a Markdown table with aligned columns, readable in a terminal too.</summary>
public static class FigureTable
{
    private static readonly FigureRow Header = new("goal", "what", "wanted", "measured", "reference, same run");

    /// <summary>The table, header included, one line per row.</summary>
    public static string ToMarkdown(IReadOnlyList<FigureRow> rows)
    {
        var cells = rows.Prepend(Header).Select(Cells).ToList();
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length)).ToArray();
        cells.Insert(1, [.. widths.Select(width => new string('-', width))]);

        var text = new StringBuilder();
        foreach (var row in cells)
            text.Append("| ").AppendJoin(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).Append(" |\n");
        return text.ToString();
    }

    private static string[] Cells(FigureRow row) => [row.Goal, row.What, row.GoalText, row.Measured, row.Reference];
}
