namespace GeminiLive;

/// <summary>Estimates which words of a transcript were heard when its audio was not played whole; used by <see cref="LiveHistory"/>.</summary>
internal static class HeardText
{
    // A word longer than this is no word: the language writes without blanks, and the cut may fall anywhere.
    private const int LongestWord = 30;

    /// <summary>The part of a text that the played part of its audio covers, down to the last whole word.</summary>
    /// <param name="text">The whole transcript.</param>
    /// <param name="played">Samples played.</param>
    /// <param name="received">Samples that the text is spread over; 0 means that nothing was heard.</param>
    public static string Of(string text, long played, long received)
    {
        if (played <= 0 || received <= 0)
            return "";
        if (played >= received)
            return text;
        var position = (int)(text.Length * (double)played / received);
        return text[..WordEnd(text, position)].TrimEnd();
    }

    private static int WordEnd(string text, int position)
    {
        for (var end = position; end > Math.Max(0, position - LongestWord); end--)
        {
            if (end == text.Length || char.IsWhiteSpace(text[end]))
                return end;
        }
        if (position <= LongestWord && text.Any(char.IsWhiteSpace))
            return 0;   // inside the first word
        return position > 0 && char.IsLowSurrogate(text[position]) ? position - 1 : position;
    }
}
