namespace GeminiLive;

/// <summary>What was said by whom, joined turn by turn, and what of it was heard: one per session, fed by the receive loop, seed of a fresh session.</summary>
/// <remarks>
/// Any thread. Bounded: beyond 1,000 entries or 200,000 characters the oldest ones are dropped and counted. Fragments carry their own blanks
/// and are joined as they are. The service believes that all it sent was heard; <see cref="Heard"/> tells what was, from the playout.
/// </remarks>
public sealed class LiveHistory(TimeProvider timeProvider)
{
    private const int MaxEntries = 1_000;
    private const int MaxCharacters = 200_000;

    // Repeats come with the first messages of a resumed session; later the same words are said again.
    private static readonly TimeSpan RepeatWindow = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<HistoryEntry> _entries = [];
    private readonly RepeatedWords _callerRepeats = new();
    private readonly RepeatedWords _agentRepeats = new();
    private long _resumedAt;
    private int _characters;
    private int _reported;   // entries before this one have been given to TurnCompleted
    private bool _isOver;

    /// <summary>A turn is over and it is known what of it was heard; in the order of the conversation, empty turns left out.</summary>
    /// <remarks>Raised under the history's lock on whichever thread brought the last piece: it must not block.</remarks>
    public Action<LiveTurnRecord>? TurnCompleted { get; set; }

    /// <summary>True when <see cref="Heard"/> will be called for each turn with audio; otherwise what was received counts as heard.</summary>
    public bool ReportsPlayout { get; set; }

    /// <summary>Entries dropped since the history was full.</summary>
    public int DroppedEntries { get; private set; }

    /// <summary>Adds to what the caller says; words that come while the answer is running still belong to the question.</summary>
    public void AddCaller(string fragment)
    {
        lock (_gate)
        {
            fragment = News(_callerRepeats, fragment);
            if (fragment.Length == 0)
                return;
            Append(_entries.FindLast(e => e.Kind == HistoryKind.Caller && e.End is null) ?? Open(HistoryKind.Caller, 0), fragment);
        }
    }

    /// <summary>Adds to what the agent says in a turn, also after the turn's end.</summary>
    /// <param name="turn">Number of the turn, from 1.</param>
    /// <param name="fragment">The next piece of its transcript.</param>
    public void AddAgent(int turn, string fragment)
    {
        lock (_gate)
        {
            fragment = News(_agentRepeats, fragment);
            if (fragment.Length > 0)
                Append(FindAgent(turn) ?? OpenAgent(turn), fragment);
        }
    }

    /// <summary>Counts audio of a turn: words without audio were not heard.</summary>
    /// <param name="turn">Number of the turn, from 1.</param>
    /// <param name="samples">Samples that came.</param>
    /// <param name="sampleRateHz">Their rate.</param>
    public void AddAudio(int turn, int samples, int sampleRateHz)
    {
        lock (_gate)
            (FindAgent(turn) ?? OpenAgent(turn)).AddAudio(samples, sampleRateHz);
    }

    /// <summary>A turn of the agent is over; the first call for a turn counts.</summary>
    /// <param name="turn">Number of the turn; 0 when the model ended a turn without having said anything.</param>
    /// <param name="how">Why no more of it comes.</param>
    public void EndAgent(int turn, LiveTurnEnd how)
    {
        lock (_gate)
        {
            var index = IndexOfAgent(turn);
            if (index >= 0)
                _entries[index].End ??= how;
            // The answer is over, so is the question before it; what the caller said since is a new one.
            CloseCallers(index >= 0 ? index : _entries.Count);
            Report();
        }
    }

    /// <summary>What became of a turn's audio.</summary>
    /// <param name="turn">Number of the turn; others than the agent's are ignored.</param>
    /// <param name="receivedSamples">Samples at 24 kHz that were there to be played.</param>
    /// <param name="playedSamples">Of these, samples that went out to the caller.</param>
    /// <param name="wasCut">True when the playout was cut.</param>
    public void Heard(int turn, long receivedSamples, long playedSamples, bool wasCut)
    {
        lock (_gate)
        {
            FindAgent(turn)?.SetPlayout(receivedSamples, playedSamples, wasCut);
            foreach (var passed in _entries.Where(e => e is { Kind: HistoryKind.Agent, HasAudio: true, IsPlayoutKnown: false } && e.Turn < turn))
                passed.SetUnplayed();
            Report();
        }
    }

    /// <summary>Adds something that nobody said and the model has to know in a fresh session, such as a dialled digit or a tool's result.</summary>
    public void AddNote(string text)
    {
        lock (_gate)
        {
            Append(Open(HistoryKind.Note, 0), text);
            Report();
        }
    }

    /// <summary>The same session goes on over a new connection, which may repeat old fragments: these are kept out.</summary>
    public void Resumed()
    {
        lock (_gate)
        {
            _resumedAt = timeProvider.GetTimestamp();
            _callerRepeats.Expect(LastTextOf(HistoryKind.Caller));
            _agentRepeats.Expect(LastTextOf(HistoryKind.Agent));
        }
    }

    /// <summary>The conversation is over: what is still open is reported as it stands.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isOver = true;
            Report();
        }
    }

    /// <summary>The conversation for a session that knows nothing of it: what was heard, turn by turn.</summary>
    /// <param name="maxCharacters">Text at most; the oldest is left out.</param>
    /// <returns>Roles alternate; notes stand in brackets among the user's text. Audio that still plays counts as heard.</returns>
    public IReadOnlyList<LiveHistoryTurn> Seed(int maxCharacters)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCharacters);
        lock (_gate)
            return HistorySeed.Of(_entries, maxCharacters);
    }

    private string News(RepeatedWords repeats, string fragment) =>
        timeProvider.GetElapsedTime(_resumedAt) < RepeatWindow ? repeats.Pass(fragment) : fragment;

    private string LastTextOf(HistoryKind kind) => _entries.FindLast(e => e.Kind == kind && e.Characters > 0)?.Text ?? "";

    private HistoryEntry? FindAgent(int turn) => IndexOfAgent(turn) is >= 0 and var index ? _entries[index] : null;

    // A plain loop: it runs for every audio message, and a closure would be an allocation for each.
    private int IndexOfAgent(int turn)
    {
        var index = _entries.Count - 1;
        while (index >= 0 && (_entries[index].Kind != HistoryKind.Agent || _entries[index].Turn != turn))
            index--;
        return index;
    }

    private HistoryEntry OpenAgent(int turn)
    {
        foreach (var earlier in _entries.Where(e => e.Kind == HistoryKind.Agent && e.End is null))
            earlier.End = LiveTurnEnd.Completed;   // its own end was never told
        return Open(HistoryKind.Agent, turn);
    }

    private HistoryEntry Open(HistoryKind kind, int turn)
    {
        var entry = new HistoryEntry(kind, turn, timeProvider.GetTimestamp());
        _entries.Add(entry);
        return entry;
    }

    private void Append(HistoryEntry entry, string words)
    {
        _characters -= entry.Characters;
        entry.Append(words);
        _characters += entry.Characters;
        while (_entries.Count > MaxEntries || _characters > MaxCharacters)
            DropOldest();
    }

    private void DropOldest()
    {
        if (_reported == 0)
            ReportNext();
        _characters -= _entries[0].Characters;
        _entries.RemoveAt(0);
        _reported--;
        DroppedEntries++;
    }

    private void CloseCallers(int before)
    {
        foreach (var entry in _entries.Take(before).Where(e => e.Kind == HistoryKind.Caller))
            entry.End ??= LiveTurnEnd.Completed;
    }

    private void Report()
    {
        while (_reported < _entries.Count && (_isOver || IsFinal(_entries[_reported])))
            ReportNext();
    }

    private bool IsFinal(HistoryEntry entry) =>
        entry.Kind == HistoryKind.Note || (entry.End is not null && (!ReportsPlayout || !entry.HasAudio || entry.IsPlayoutKnown));

    private void ReportNext()
    {
        var entry = _entries[_reported++];
        if (entry.Kind != HistoryKind.Note && !entry.IsEmpty)
            TurnCompleted?.Invoke(entry.ToRecord());
    }
}
