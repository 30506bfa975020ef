using System.Globalization;
using System.Text;

namespace Telephony.Sip.Ladders;

/// <summary>A call's SIP messages as a ladder for a reader: times, arrows, first lines.</summary>
public static class LadderText
{
    private const int Width = 46;

    /// <summary>The ladder, a line for each message.</summary>
    /// <param name="messages">In order; several peers have a heading each time that the peer changes.</param>
    public static string Write(IReadOnlyList<LadderMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var text = new StringBuilder();
        string? peer = null;
        foreach (var message in messages)
        {
            if (message.Remote != peer)
            {
                peer = message.Remote;
                text.Append("            ").Append(peer).Append(' ', Math.Max(1, Width + 4 - peer.Length - message.Local.Length)).Append(message.Local).Append('\n');
            }
            text.Append(CultureInfo.InvariantCulture, $"{(message.At - messages[0].At).TotalSeconds,9:F3} {message.Protocol}")
                .Append('|').Append(Arrow(Words(message), message.IsSent)).Append("|\n");
        }
        return text.ToString();
    }

    private static string Arrow(string words, bool isSent)
    {
        if (words.Length > Width - 8)
            words = $"{words[..(Width - 9)]}~";
        var line = new string('-', Width - words.Length - 5);
        return isSent ? $"<{line} {words} --" : $"-- {words} {line}>";
    }

    // INVITE (sdp), 200 OK to INVITE (sdp): what a reader looks for; addresses stand in the headings.
    private static string Words(LadderMessage message)
    {
        var first = message.StartLine;
        var isResponse = first.StartsWith("SIP/2.0 ", StringComparison.Ordinal);
        var words = isResponse ? first["SIP/2.0 ".Length..] : first.Split(' ')[0];
        if (isResponse && Header(message.Text, "CSeq")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var method])
            words += $" ({method})";
        return message.Text.Contains("\r\nv=0", StringComparison.Ordinal) ? $"{words} SDP" : words;
    }

    private static string? Header(string text, string name)
    {
        var start = text.IndexOf($"\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        start += name.Length + 2;
        var end = text.IndexOf('\r', start);
        return end < 0 ? null : text[start..end].Trim();
    }
}
