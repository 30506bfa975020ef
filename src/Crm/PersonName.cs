using System.Globalization;
using System.Text;

namespace Crm;

/// <summary>Compares names as they are heard: case, accents and order do not matter.</summary>
internal static class PersonName
{
    // Written out: the program carries no culture data, without which .NET takes no accent off a letter.
    private static readonly (string Letters, string Plain)[] Spellings =
    [
        ("àáâãäåāăą", "a"), ("çćĉċč", "c"), ("ďđð", "d"), ("èéêëēĕėęě", "e"), ("ĝğġģ", "g"), ("ĥħ", "h"), ("ìíîïĩīĭįı", "i"), ("ĵ", "j"), ("ķ", "k"), ("ĺļľŀł", "l"),
        ("ñńņň", "n"), ("òóôõöøōŏő", "o"), ("ŕŗř", "r"), ("śŝşšș", "s"), ("ţťŧț", "t"), ("ùúûüũūŭůűų", "u"), ("ŵ", "w"), ("ýÿŷ", "y"), ("źżž", "z"), ("ß", "ss"), ("æ", "a"), ("œ", "o"),
    ];

    private static readonly (string, string)[] Umlauts = [("ae", "a"), ("oe", "o"), ("ue", "u")];

    private static readonly Dictionary<char, string> Plain = Spellings
        .SelectMany(spelling => spelling.Letters.Select(letter => (letter, spelling.Plain))).ToDictionary(pair => pair.letter, pair => pair.Plain);

    /// <summary>The words of a name in one spelling: <c>Müller</c>, <c>Mueller</c> and <c>MULLER</c> are the same.</summary>
    public static IReadOnlyList<string> Words(string name)
    {
        var plain = new StringBuilder();
        foreach (var character in name.ToLowerInvariant())
        {
            if (Plain.TryGetValue(character, out var letters))
                plain.Append(letters);
            else if (char.IsLetterOrDigit(character))
                plain.Append(character);
            else if (character is not '\'' and not '’' && !IsAccent(character))
                plain.Append(' ');
        }
        foreach (var (from, to) in Umlauts)
            plain.Replace(from, to);
        return plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Whether somebody who gives this name may be the one on file: the family name is said, and nothing that contradicts the rest.</summary>
    public static bool Matches(string given, string onFile)
    {
        var (said, known) = (Words(given), Words(onFile));
        return known.Count > 0 && said.Contains(known[^1], StringComparer.Ordinal) && said.All(word => known.Contains(word, StringComparer.Ordinal) || IsTitle(word));
    }

    // Written as a character of its own after the letter.
    private static bool IsAccent(char character) => CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.NonSpacingMark;

    private static bool IsTitle(string word) => word is "mr" or "mrs" or "ms" or "miss" or "dr" or "herr" or "frau";
}
