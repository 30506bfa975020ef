using System.Text;

namespace GeminiLive;

/// <summary>Keeps transcript fragments out that a resumed session repeats: they run along the last text of their speaker from some word on.</summary>
/// <remarks>
/// Fragments are held back while they do so. When the speaker goes on with other words before the old text's end, the held ones were new after
/// all and are given back. Owned by <see cref="LiveHistory"/>.
/// </remarks>
internal sealed class RepeatedWords
{
    private readonly StringBuilder _held = new();
    private string _old = "";
    private int _position;

    /// <summary>From now on repeats of this text are kept out; empty ends it.</summary>
    public void Expect(string lastText)
    {
        _old = lastText.Trim();
        _held.Clear();
    }

    /// <summary>Takes a fragment.</summary>
    /// <returns>What is new; empty for a repeat.</returns>
    public string Pass(string fragment)
    {
        var words = fragment.AsSpan().Trim();
        if (_old.Length == 0 || words.IsEmpty)
            return fragment;
        var at = _held.Length == 0 ? FirstPlaceOf(words) : NextPlaceOf(words);
        if (at >= 0)
        {
            _held.Append(fragment);
            _position = at + words.Length;
            return "";
        }
        var isWholeRepeat = _old.AsSpan(_held.Length == 0 ? 0 : _position).Trim().IsEmpty;
        var news = isWholeRepeat ? fragment : _held + fragment;
        Expect("");
        return news;
    }

    private int FirstPlaceOf(ReadOnlySpan<char> words)
    {
        for (var at = 0; at + words.Length <= _old.Length; at++)
        {
            if (IsWordAt(at, words) && (at == 0 || !char.IsLetterOrDigit(_old[at - 1])))
                return at;
        }
        return -1;
    }

    private int NextPlaceOf(ReadOnlySpan<char> words)
    {
        var at = _position;
        while (at < _old.Length && char.IsWhiteSpace(_old[at]))
            at++;
        return IsWordAt(at, words) ? at : -1;
    }

    private bool IsWordAt(int at, ReadOnlySpan<char> words) =>
        _old.AsSpan(at).StartsWith(words, StringComparison.Ordinal)
        && (at + words.Length == _old.Length || !char.IsLetterOrDigit(_old[at + words.Length]) || !char.IsLetterOrDigit(words[^1]));
}
