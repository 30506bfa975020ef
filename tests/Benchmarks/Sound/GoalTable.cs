using System.Globalization;
using System.Text;

namespace Benchmarks.Sound;

/// <summary>Figures as the one table of the goals of sound and timing: each with its verdict, and where it falls short with the reason.</summary>
internal static class GoalTable
{
    private const string Missed = "**missed**";

    private const string Machine = "threads of normal priority wait for the machine's other work: see the reference, and the load above";

    private static readonly string[] Header = ["row", "what", "goal", "measured", "reference, same run", "verdict", "reason where short"];

    // Why a figure falls short, by what its row is about; said only where it does.
    private static readonly (string Goal, string Part, string Reason)[] Reasons =
    [
        ("B1", "", Machine), ("B2", "", Machine), ("B3", "", Machine), ("B5", "", Machine), ("B24", "per 20 ms", Machine),
        ("B6", "", "other work on the machine: its scheduler lets every thread wait, the plain one beside ours too"),
        ("B7", "", "other work on the machine: the plain thread beside ours shows how much"),
        ("B11", "", "syllables that begin softly are as quiet as the room for their first tenth of a second"),
        ("B15", "G722", "sub-band ADPCM: behind each gap the decoder's predictors and scales are wrong for some 100 ms; they are estimated from what was before, from the made-up audio coded again and from the next packet's first 10 ms, and the loss takes more than these tell: were they known behind the gap it would be 48 %, and 36 % were they known when the gap is filled"),
        ("B15", "opus", "packets of speech that has just begun say nothing again, and the decoder's state differs for a while behind each gap"),
        ("B16", "G722", "some 50 ms behind a gap a predictor that is not quite right yet makes a voice's steepest step steeper by a tenth, and the next gap begins beside it"),
        ("B16", "opus", "concealment and its end are libopus's own"),
        ("B16", "PCM", "between two samples a wave may be steeper than they tell"),
        ("B14", "click index", "the fade adds to a step of the voice that is its steepest anyway"),
        ("B14", "burst", "what would have come next is estimated"),
        ("", "", "newly missed: it was met when the reasons were written"),
    ];

    /// <summary>The table, rows in order of their goals.</summary>
    public static string ToMarkdown(IReadOnlyList<FigureRow> rows)
    {
        List<string[]> cells = [Header, [.. Header.Select(_ => "---")], .. rows.Where(row => row.Goal.Length > 0).OrderBy(Number).Select(Cells)];
        var text = new StringBuilder();
        foreach (var row in cells)
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        return text.ToString();
    }

    private static int Number(FigureRow row) => int.Parse(row.Goal.AsSpan(1), CultureInfo.InvariantCulture);

    private static string[] Cells(FigureRow row)
    {
        var isMissed = row.Measured.Contains(Missed, StringComparison.Ordinal);
        var verdict = row.GoalText.Length == 0 ? "" : isMissed ? "missed" : "met";
        return [row.Goal, row.What, row.GoalText, row.Measured, row.Reference, verdict, isMissed ? ReasonFor(row) : ""];
    }

    private static string ReasonFor(FigureRow row) => row.Measured.Contains("by the reference too", StringComparison.Ordinal)
        ? "the plain bridge beside it, which does nothing, misses it too: the machine's doing"
        : Reasons.First(reason => (reason.Goal.Length == 0 || reason.Goal == row.Goal) && row.What.Contains(reason.Part, StringComparison.OrdinalIgnoreCase)).Reason;
}
