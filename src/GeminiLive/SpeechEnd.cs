namespace GeminiLive;

/// <summary>Hears roughly when the caller has finished saying something; asked by the send loop, for the watchdog's sake only.</summary>
/// <remarks>Turns are the server's to detect. Lasting noise and music have no such end, so they never count. Allocates nothing.</remarks>
internal sealed class SpeechEnd(int chunkMs)
{
    private const int SpeechMs = 300;
    private const int PauseMs = 500;

    private readonly ActivityDetector _detector = new(chunkMs, SpeechMs, PauseMs);

    /// <summary>Takes the next chunk.</summary>
    /// <returns>True once for every stretch of speech, half a second after its end.</returns>
    public bool Passes(ReadOnlySpan<short> chunk) => _detector.Hear(chunk) && !_detector.IsActive && _detector.EndedInQuiet;
}
