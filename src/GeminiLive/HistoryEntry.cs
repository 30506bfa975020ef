using System.Text;

namespace GeminiLive;

/// <summary>One entry of <see cref="LiveHistory"/>: a turn of the caller, a turn of the agent, or a note, while it grows and after.</summary>
/// <remarks>Guarded by the history's lock.</remarks>
internal sealed class HistoryEntry(HistoryKind kind, int turn, long timestamp)
{
    private const int SamplesPerMs = 24;

    // Nobody speaks that long: what comes beyond is a fault of the service and would only cost memory.
    private const int MaxCharacters = 32_000;

    private readonly StringBuilder _words = new();
    private long _receivedSamples;
    private long? _playedSamples;
    private bool _wasCutInPlayout;

    public HistoryKind Kind => kind;

    public int Turn => turn;

    public int Characters => _words.Length;

    /// <summary>All words, trimmed; a new string each time.</summary>
    public string Text
    {
        get
        {
            var (start, length) = Trimmed;
            return _words.ToString(start, length);
        }
    }

    /// <summary>How the turn ended; null while it runs. A caller's turn is completed by the answer to it.</summary>
    public LiveTurnEnd? End { get; set; }

    public bool HasAudio => _receivedSamples > 0;

    /// <summary>True once it is known what of its audio was played.</summary>
    public bool IsPlayoutKnown => _playedSamples is not null;

    /// <summary>Nothing was said: no trace is left of it.</summary>
    public bool IsEmpty => !HasAudio && Trimmed.Length == 0;

    /// <summary>The words that reached the other side; as long as no playout is known, all that have audio.</summary>
    public string HeardText => HeardOf(Text);

    // From the end, since a builder finds its last characters soonest.
    private (int Start, int Length) Trimmed
    {
        get
        {
            var (start, end) = (0, _words.Length);
            while (end > 0 && char.IsWhiteSpace(_words[end - 1]))
                end--;
            while (start < end && char.IsWhiteSpace(_words[start]))
                start++;
            return (start, end - start);
        }
    }

    public void Append(string fragment)
    {
        if (_words.Length + fragment.Length <= MaxCharacters)
            _words.Append(fragment);
    }

    public void AddAudio(int samples, int sampleRateHz) => _receivedSamples += samples * 1000L * SamplesPerMs / sampleRateHz;

    public void SetPlayout(long receivedSamples, long playedSamples, bool wasCut) =>
        (_receivedSamples, _playedSamples, _wasCutInPlayout) = (receivedSamples, playedSamples, wasCut);

    /// <summary>Its audio was passed over: a later turn has been played.</summary>
    public void SetUnplayed() => (_playedSamples, _wasCutInPlayout) = (0, true);

    public LiveTurnRecord ToRecord()
    {
        var text = Text;
        if (kind != HistoryKind.Agent)
            return new LiveTurnRecord(LiveSpeaker.Caller, 0, text, text, IsEstimated: false, 0, 0, WasCut: false, timestamp);
        var played = _playedSamples ?? _receivedSamples;
        var isCutShort = End is not LiveTurnEnd.Completed;
        var isRestUnknown = End is LiveTurnEnd.ConnectionLost || (isCutShort && !IsPlayoutKnown);
        return new LiveTurnRecord(
            LiveSpeaker.Agent, turn, text, HeardOf(text), IsEstimated: HasAudio && played > 0 && (played < _receivedSamples || isRestUnknown),
            _receivedSamples / SamplesPerMs, played / SamplesPerMs, _wasCutInPlayout || isCutShort, timestamp);
    }

    private string HeardOf(string text) => kind == HistoryKind.Agent ? GeminiLive.HeardText.Of(text, _playedSamples ?? _receivedSamples, _receivedSamples) : text;
}

/// <summary>What an entry is.</summary>
internal enum HistoryKind
{
    /// <summary>The caller's words.</summary>
    Caller,

    /// <summary>The agent's words and audio.</summary>
    Agent,

    /// <summary>Something the model has to know that nobody said.</summary>
    Note,
}
