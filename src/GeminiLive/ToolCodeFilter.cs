using System.Text;

namespace GeminiLive;

/// <summary>Takes leaked tool code (<c>print(default_api.look_up(...))</c>) out of what the model says; it may be spread over several fragments.</summary>
/// <remarks>Some models write a call down in place of making it. Owned by the receive loop; ordinary fragments pass as they are.</remarks>
internal sealed class ToolCodeFilter
{
    private const string Mark = "print(default_api";

    // A fragment that ends with the mark's first word, or within the rest of it, is held back from there.
    private const int ShortestHold = 5;

    // Code without an end would swallow all that is said after it.
    private const int LongestCode = 4_000;

    private readonly StringBuilder _held = new();

    /// <summary>Stretches of code taken out.</summary>
    public int Removed { get; private set; }

    /// <summary>Takes a fragment.</summary>
    /// <returns>What is left to be shown; may be empty.</returns>
    public string Pass(string fragment)
    {
        if (_held.Length == 0 && HoldFrom(fragment) < 0)
            return WithoutFences(fragment);
        var text = _held.Append(fragment).ToString();
        _held.Clear();
        var kept = new StringBuilder();
        while (HoldFrom(text) is >= 0 and var start)
        {
            kept.Append(text, 0, start);
            text = text[start..];
            var end = text.StartsWith(Mark, StringComparison.Ordinal) ? EndOfCode(text) : -1;
            if (end < 0 && text.Length < LongestCode)
            {
                _held.Append(text);
                return WithoutFences(kept.ToString());
            }
            Removed++;
            text = text[(end < 0 ? text.Length : end)..];
        }
        return WithoutFences(kept.Append(text).ToString());
    }

    /// <summary>The turn is over: code that has not ended by now is dropped.</summary>
    /// <returns>What was held back and is no code; mostly empty.</returns>
    public string End()
    {
        if (_held.Length == 0)
            return "";
        var rest = _held.ToString();
        _held.Clear();
        return rest.StartsWith(Mark, StringComparison.Ordinal) ? "" : rest;
    }

    private static int HoldFrom(string text)
    {
        var whole = text.IndexOf(Mark, StringComparison.Ordinal);
        if (whole >= 0)
            return whole;
        for (var length = Math.Min(Mark.Length - 1, text.Length); length >= ShortestHold; length--)
        {
            if (text.AsSpan().EndsWith(Mark.AsSpan(0, length), StringComparison.Ordinal))
                return text.Length - length;
        }
        return -1;
    }

    /// <summary>Position behind the bracket that closes the first one; -1 when it is not there yet.</summary>
    private static int EndOfCode(string text)
    {
        var depth = 0;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (quote != '\0')
                quote = text[i] == quote && text[i - 1] != '\\' ? '\0' : quote;
            else if (text[i] is '"' or '\'')
                quote = text[i];
            else if (text[i] == '(')
                depth++;
            else if (text[i] == ')' && --depth == 0)
                return i + 1;
        }
        return -1;
    }

    private static string WithoutFences(string text) =>
        text.Contains("```", StringComparison.Ordinal)
            ? text.Replace("```tool_code", "", StringComparison.Ordinal).Replace("```", "", StringComparison.Ordinal)
            : text;
}
