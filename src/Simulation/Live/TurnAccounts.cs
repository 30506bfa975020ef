namespace Simulation.Live;

/// <summary>Counts what a turn has cost and sends its end.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class TurnAccounts(LiveSocket socket, SessionRecord record)
{
    private const double BytesPerSecond = 48_000;

    private SessionSetup? _setup;
    private Conversation? _conversation;
    private int _bytes;
    private int _thoughtTokens;

    /// <summary>Begins to count for this conversation.</summary>
    public void Open(SessionSetup setup, Conversation conversation) => (_setup, _conversation) = (setup, conversation);

    /// <summary>Counts audio that was sent.</summary>
    public void AddAudio(int bytes) => _bytes += bytes;

    /// <summary>Counts reasoning.</summary>
    public void AddThoughts(int tokens) => _thoughtTokens += tokens;

    /// <summary>Closes the turn's accounts.</summary>
    public TurnEnd Close()
    {
        var usage = _conversation!.Context.EndTurn(TimeSpan.FromSeconds(_bytes / BytesPerSecond), _thoughtTokens);
        (_bytes, _thoughtTokens) = (0, 0);
        return new TurnEnd(usage, _setup!.Traits);
    }

    /// <summary>Sends the end of a turn.</summary>
    public ValueTask SendAsync(TurnEnd turn)
    {
        record.Add(SessionEventKind.TurnCompleted, turn.Reason);
        return socket.SendAsync(TurnEnd.Write, turn);
    }
}
