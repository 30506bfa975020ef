namespace GeminiLive;

/// <summary>Entries of a <see cref="LiveHistory"/> -> turns that tell a fresh session what has been said and heard.</summary>
internal static class HistorySeed
{
    /// <summary>The newest entries that fit, neighbours of one role joined.</summary>
    public static List<LiveHistoryTurn> Of(List<HistoryEntry> entries, int maxCharacters)
    {
        var newestFirst = new List<LiveHistoryTurn>();
        for (var i = entries.Count - 1; i >= 0 && maxCharacters > 0; i--)
        {
            var turn = TurnOf(entries[i]);
            if (turn.Text.Length == 0)
                continue;
            if (turn.Text.Length > maxCharacters && newestFirst.Count > 0)
                break;
            turn = turn with { Text = EndOf(turn.Text, maxCharacters) };
            maxCharacters -= turn.Text.Length;
            newestFirst.Add(turn);
        }
        newestFirst.Reverse();
        return Join(newestFirst);
    }

    private static LiveHistoryTurn TurnOf(HistoryEntry entry) => entry.Kind switch
    {
        HistoryKind.Agent => new LiveHistoryTurn(LiveRole.Model, entry.HeardText),
        HistoryKind.Note => new LiveHistoryTurn(LiveRole.User, Bracketed(entry.Text)),
        _ => new LiveHistoryTurn(LiveRole.User, entry.Text),
    };

    private static string Bracketed(string text) => text.Length == 0 || (text[0] is '[' or '(') ? text : $"[{text}]";

    private static string EndOf(string text, int maxCharacters)
    {
        if (text.Length <= maxCharacters)
            return text;
        var end = text[^maxCharacters..];
        var blank = end.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? end : end[(blank + 1)..];
    }

    private static List<LiveHistoryTurn> Join(List<LiveHistoryTurn> turns)
    {
        var joined = new List<LiveHistoryTurn>();
        foreach (var turn in turns)
        {
            if (joined.Count > 0 && joined[^1].Role == turn.Role)
                joined[^1] = turn with { Text = joined[^1].Text + "\n" + turn.Text };
            else
                joined.Add(turn);
        }
        return joined;
    }
}
