namespace VoiceAgent.Calls;

/// <summary>What one side of a call is saying and is no turn of the transcript yet, masked: <see cref="OpenWords"/> -> the record, and whoever writes it down.</summary>
/// <remarks>Written by the call's loop, read by any thread; the lock is held for a few moves of memory. Allocates only when a line grows longer than any before it.</remarks>
internal sealed class OpenLine
{
    /// <summary>Most that is kept of a line: a model that never ends its turn must not grow what is written down of it without end.</summary>
    public const int MaxCharacters = 4_000;

    private const int FirstCharacters = 128;

    private readonly Lock _gate = new();
    private char[] _text = [];
    private int _length;
    private int _turns;
    private bool _isNew;

    /// <summary>What is being said; null for nothing.</summary>
    public string? Text
    {
        get
        {
            lock (_gate)
                return _length == 0 ? null : new string(_text, 0, _length);
        }
    }

    /// <summary>Whether anything is being said.</summary>
    public bool IsOpen => Volatile.Read(ref _length) > 0;

    /// <summary>Goes on.</summary>
    /// <param name="words">What comes next; what is beyond <see cref="MaxCharacters"/> is left out.</param>
    /// <param name="turns">Turns that the transcript has so far.</param>
    public void Append(ReadOnlySpan<char> words, int turns)
    {
        lock (_gate)
            Put(words, _length, turns);
    }

    /// <summary>Says it anew.</summary>
    /// <param name="words">All of it; empty when it has become a turn.</param>
    /// <param name="turns">Turns that the transcript has so far.</param>
    public void Set(ReadOnlySpan<char> words, int turns)
    {
        lock (_gate)
            Put(words, 0, turns);
    }

    /// <summary>Whether it has changed since the last time that this was asked; for one reader.</summary>
    public bool TakeIsNew()
    {
        lock (_gate)
        {
            var isNew = _isNew;
            _isNew = false;
            return isNew;
        }
    }

    /// <summary>Copies what is being said.</summary>
    /// <param name="text">Room for <see cref="MaxCharacters"/>.</param>
    /// <param name="turns">Turns that the transcript had when it began: once there is another of the same speaker, it is that.</param>
    /// <returns>Its length in characters.</returns>
    public int CopyTo(Span<char> text, out int turns)
    {
        lock (_gate)
        {
            turns = _turns;
            _text.AsSpan(0, _length).CopyTo(text);
            return _length;
        }
    }

    private void Put(ReadOnlySpan<char> words, int at, int turns)
    {
        if (_length == 0)
            _turns = turns;
        words = words[..Math.Min(words.Length, MaxCharacters - at)];
        if (at + words.Length > _text.Length)
            Array.Resize(ref _text, Math.Min(MaxCharacters, Math.Max(FirstCharacters, 2 * (at + words.Length))));
        words.CopyTo(_text.AsSpan(at));
        _length = at + words.Length;
        _isNew = true;
    }
}
