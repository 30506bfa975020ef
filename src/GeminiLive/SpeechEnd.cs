namespace GeminiLive;

/// <summary>Hears roughly when the caller has finished saying something; asked by the send loop, for the watchdog's sake only.</summary>
/// <remarks>Turns are the server's to detect. Lasting noise and music have no such end, so they never count. Allocates nothing.</remarks>
internal sealed class SpeechEnd(int chunkMs)
{
    // Telephone speech lies around -20 dBov, a quiet line below -50.
    private const double SpeechDbov = -38;
    private const int SpeechMs = 300;
    private const int PauseMs = 500;

    private int _loudMs;
    private int _quietMs;

    /// <summary>Takes the next chunk.</summary>
    /// <returns>True once for every stretch of speech, half a second after its end.</returns>
    public bool Passes(ReadOnlySpan<short> chunk)
    {
        if (RmsDbov(chunk) > SpeechDbov)
        {
            _loudMs += chunkMs;
            _quietMs = 0;
            return false;
        }
        _quietMs += chunkMs;
        if (_quietMs < PauseMs)
            return false;
        var hasSpoken = _loudMs >= SpeechMs;
        _loudMs = 0;
        return hasSpoken;
    }

    private static double RmsDbov(ReadOnlySpan<short> chunk)
    {
        double sum = 0;
        foreach (var sample in chunk)
            sum += (double)sample * sample;
        return 10 * Math.Log10(Math.Max(sum / chunk.Length, 1) / (32_768.0 * 32_768));
    }
}
