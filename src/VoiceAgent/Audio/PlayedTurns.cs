namespace VoiceAgent.Audio;

/// <summary>Turns that have been heard or cut, on their way from the media thread to the call's loop.</summary>
/// <remarks>One writer (media thread) and one reader (call's loop), without locks or allocation. A turn that finds no room is lost; the loop is then long dead.</remarks>
internal sealed class PlayedTurns
{
    private const int Capacity = 128;

    private readonly PlayedTurn[] _ring = new PlayedTurn[Capacity];
    private long _added;
    private long _taken;

    /// <summary>Adds a turn; the writer's.</summary>
    public void Add(PlayedTurn turn)
    {
        if (_added - Volatile.Read(ref _taken) == Capacity)
            return;
        _ring[_added % Capacity] = turn;
        Volatile.Write(ref _added, _added + 1);
    }

    /// <summary>Takes the oldest turn; the reader's.</summary>
    public bool TryTake(out PlayedTurn turn)
    {
        turn = default;
        if (_taken == Volatile.Read(ref _added))
            return false;
        turn = _ring[_taken % Capacity];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }
}
