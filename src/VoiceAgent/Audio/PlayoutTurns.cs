namespace VoiceAgent.Audio;

/// <summary>Where the turns lie in <see cref="PlayoutBuffer"/>: the writer opens and closes them, the reader reports them when they have been heard.</summary>
/// <remarks>One writer and one reader, without locks; a ring of closed turns between them. Allocates only when built.</remarks>
internal sealed class PlayoutTurns
{
    private const int RingTurns = 64;
    private const long None = -1;

    private readonly (int Turn, long Start, long End)[] _closed = new (int, long, long)[RingTurns];
    private long _closedCount;
    private long _reported;
    private long _openStart = None;
    private int _turn;

    /// <summary>Opens a turn at this position unless it is open already, and closes another one; the writer's.</summary>
    public void Begin(long position, int turn)
    {
        if (_openStart != None && (turn == _turn || !Close(position)))
            return;
        _turn = turn;
        Volatile.Write(ref _openStart, position);
    }

    /// <summary>Closes the open turn at this position; the writer's.</summary>
    /// <returns>False when no turn is open.</returns>
    public bool Close(long position)
    {
        // 64 turns that nobody has heard yet: the turn stays open and becomes one with the next.
        if (_openStart == None || _closedCount - Volatile.Read(ref _reported) == RingTurns)
            return false;
        _closed[_closedCount % RingTurns] = (_turn, _openStart, position);
        Volatile.Write(ref _closedCount, _closedCount + 1);
        Volatile.Write(ref _openStart, None);
        return true;
    }

    /// <summary>The turns that were not taken, the open one too, played up to a position; once neither side is at work any more.</summary>
    public IReadOnlyList<PlayedTurn> GetUnreported(long written, long playedTo)
    {
        var turns = new List<PlayedTurn>();
        for (var i = Volatile.Read(ref _reported); i < Volatile.Read(ref _closedCount); i++)
            turns.Add(Played(_closed[i % RingTurns], playedTo));
        if (Volatile.Read(ref _openStart) is not None and var start)
            turns.Add(Played((_turn, start, written), playedTo));
        return turns;
    }

    /// <summary>True when this position lies in a turn that more audio may come in; the reader's.</summary>
    public bool IsOpenAt(long position) => Volatile.Read(ref _openStart) is not None and var start && start <= position;

    /// <summary>True when a turn has been played in part at this position, and is not over: more of it waits or may come; the reader's.</summary>
    public bool IsWithin(long position)
    {
        if (Volatile.Read(ref _openStart) is not None and var start && start < position)
            return true;
        for (var i = _reported; i < Volatile.Read(ref _closedCount); i++)
        {
            if (_closed[i % RingTurns] is var turn && turn.Start < position && position < turn.End)
                return true;
        }
        return false;
    }

    /// <summary>True when a turn begins at this position; the reader's.</summary>
    public bool StartsAt(long position)
    {
        if (Volatile.Read(ref _openStart) == position)
            return true;
        for (var i = _reported; i < Volatile.Read(ref _closedCount); i++)
        {
            if (_closed[i % RingTurns].Start == position)
                return true;
        }
        return false;
    }

    /// <summary>Takes the oldest turn that ends at or before a position; the reader's.</summary>
    /// <param name="position">Up to here everything was played or thrown away.</param>
    /// <param name="heardTo">Up to here it was played.</param>
    /// <param name="turn">What became of the turn.</param>
    public bool TryTake(long position, long heardTo, out PlayedTurn turn)
    {
        turn = default;
        if (_reported == Volatile.Read(ref _closedCount))
            return false;
        var closed = _closed[_reported % RingTurns];
        if (closed.End > position)
            return false;

        turn = Played(closed, heardTo);
        Volatile.Write(ref _reported, _reported + 1);
        return true;
    }

    private static PlayedTurn Played((int Turn, long Start, long End) turn, long playedTo)
    {
        var played = Math.Clamp(playedTo - turn.Start, 0, turn.End - turn.Start);
        return new PlayedTurn(turn.Turn, turn.End - turn.Start, played, played < turn.End - turn.Start);
    }
}
