namespace VoiceAgent.WebConsole;

/// <summary>Who listens to which recording, so that each listening is noted once and not with each part that a player asks for.</summary>
/// <remarks>Any thread; bounded: where there are too many, the oldest is forgotten and noted again.</remarks>
/// <param name="length">How long one listening lasts at most.</param>
/// <param name="time">The service's clock.</param>
internal sealed class ListenerBook(TimeSpan length, TimeProvider time)
{
    private const int MaxEntries = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string User, string Call), DateTimeOffset> _since = [];

    /// <summary>Whether it is noted already.</summary>
    public bool IsListening(string user, string call)
    {
        lock (_gate)
            return _since.TryGetValue((user, call), out var since) && time.GetUtcNow() - since < length;
    }

    /// <summary>It has been noted.</summary>
    public void Begin(string user, string call)
    {
        lock (_gate)
        {
            if (_since.Count >= MaxEntries && !_since.ContainsKey((user, call)))
                _since.Remove(_since.MinBy(entry => entry.Value).Key);
            _since[(user, call)] = time.GetUtcNow();
        }
    }
}
