namespace Simulation.Live;

/// <summary>How long a connection may live: <c>goAway</c> some time before its end, then the end.</summary>
/// <remarks>Owned by the session's loop.</remarks>
internal sealed class ConnectionLife(LiveSocket socket, SessionRecord record, SessionContext context)
{
    private static readonly TimeSpan GoAwayLead = TimeSpan.FromSeconds(50);

    private long? _goAwayAt;
    private long? _endsAt;

    /// <summary>The next moment at which something is due; null for a connection that lives on.</summary>
    public long? NextDueAt => _goAwayAt ?? _endsAt;

    /// <summary>Whether the end has come.</summary>
    public bool IsOver => _endsAt <= context.Now;

    /// <summary>Starts the life the options give.</summary>
    public void Begin()
    {
        if (context.Options.ConnectionLifetime is not { } lifetime)
            return;
        _endsAt = context.After(lifetime);
        _goAwayAt = context.After(lifetime > GoAwayLead ? lifetime - GoAwayLead : TimeSpan.Zero);
    }

    /// <summary>Announces the end when it is time.</summary>
    public async ValueTask AdvanceAsync()
    {
        if (_goAwayAt > context.Now || _goAwayAt is null)
            return;
        _goAwayAt = null;
        await SendAsync(context.TimeProvider.GetElapsedTime(context.Now, _endsAt!.Value));
    }

    /// <summary>Announces the end now, and keeps the word when <paramref name="closes"/>.</summary>
    public ValueTask GoAwayAsync(TimeSpan timeLeft, bool closes)
    {
        if (closes)
            (_goAwayAt, _endsAt) = (null, context.After(timeLeft));
        return SendAsync(timeLeft);
    }

    private ValueTask SendAsync(TimeSpan timeLeft)
    {
        var text = $"{timeLeft.TotalSeconds:0.###}s";
        record.Add(SessionEventKind.GoAwaySent, text);
        return socket.SendAsync(ServerMessages.GoAway, text);
    }
}
