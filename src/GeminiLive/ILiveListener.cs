namespace GeminiLive;

/// <summary>Hears what a session says: the door from <see cref="LiveClient"/> to the call.</summary>
/// <remarks>Called in order, one call at a time, by the session's receive loop and, where our own detector marks the caller's turns, by its send loop; must not block, and must not wait for the client.</remarks>
public interface ILiveListener
{
    /// <summary>Model audio of the running generation; what belongs to an interrupted one never comes here.</summary>
    /// <param name="pcm">Mono PCM16 of any length; valid during the call only.</param>
    /// <param name="sampleRateHz">As the message says it; 24000 when it says nothing.</param>
    /// <param name="turn">Number of the agent's turn, counted from 1 over the whole session.</param>
    void OnAudio(ReadOnlySpan<short> pcm, int sampleRateHz, int turn);

    /// <summary>The caller cut in: everything given so far and not yet played is void. Comes before all else of its message.</summary>
    void OnInterrupted();

    /// <summary>Everything that is not audio.</summary>
    void OnEvent(LiveEvent liveEvent);
}
