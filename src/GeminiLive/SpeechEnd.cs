namespace GeminiLive;

/// <summary>Hears roughly when the caller has finished saying something; asked by the send loop, for the watchdog's sake and for a change of connection.</summary>
/// <remarks>Turns are the server's to detect. Lasting noise and music have no such end, so they never count. Allocates nothing.</remarks>
internal sealed class SpeechEnd(int chunkMs)
{
    private const int SpeechMs = 300;
    private const int PauseMs = 500;

    /// <summary>How long after the last loud chunk the end of speech is told.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(PauseMs);

    private readonly ActivityDetector _detector = new(chunkMs, SpeechMs, PauseMs);

    /// <summary>True while the caller is saying something, and until its end is told.</summary>
    public bool IsSpeaking => _detector.IsActive;

    /// <summary>Takes the next chunk.</summary>
    /// <returns>True once for every stretch of speech, half a second after its end.</returns>
    public bool Passes(ReadOnlySpan<short> chunk) => _detector.Hear(chunk) && !_detector.IsActive && _detector.EndedInQuiet;
}
