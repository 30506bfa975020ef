namespace VoiceAgent.Agents;

/// <summary>A whole text in which <c>*</c> stands for anything.</summary>
internal static class Pattern
{
    /// <summary>Whether a text fits; in time proportional to both lengths' product at most.</summary>
    public static bool Fits(string pattern, ReadOnlySpan<char> text, bool ignoreCase = false)
    {
        int at = 0, read = 0, star = -1, mark = 0;
        while (read < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, mark) = (at++, read);
            }
            else if (at < pattern.Length && Same(pattern[at], text[read], ignoreCase))
            {
                at++;
                read++;
            }
            else if (star >= 0)
            {
                (at, read) = (star + 1, ++mark);   // the last star takes one more
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }

    private static bool Same(char one, char other, bool ignoreCase) => one == other || (ignoreCase && char.ToUpperInvariant(one) == char.ToUpperInvariant(other));
}
