namespace GeminiLive;

/// <summary>Counts answers in a row that were none: audio without any sound, or refused by the service itself. Sessions that begin with that go on with it.</summary>
/// <remarks>Owned by the session's loop; allocates nothing.</remarks>
internal sealed class EmptyTurns
{
    private const int Limit = 2;

    // -54 dBov: far below any speech, above the dither of a codec.
    private const int FaintestSound = 64;

    // Half a second at 24 kHz; less may be a breath.
    private const int ShortestAnswer = 12_000;

    private int _inARow;
    private long _samples;
    private bool _hasSound;

    /// <summary>Takes audio of the running turn.</summary>
    public void Hear(ReadOnlySpan<short> pcm)
    {
        _samples += pcm.Length;
        _hasSound = _hasSound || pcm.ContainsAnyExceptInRange((short)-FaintestSound, (short)FaintestSound);
    }

    /// <summary>A turn was cut: what came of it proves nothing.</summary>
    public void Forget()
    {
        _samples = 0;
        _hasSound = false;
    }

    /// <summary>A turn has ended.</summary>
    /// <param name="reason">Its <c>turnCompleteReason</c>.</param>
    /// <returns>True when it was one too many.</returns>
    public bool EndsInARow(string? reason)
    {
        if (_hasSound)
            _inARow = 0;
        else if (_samples >= ShortestAnswer || reason == "RESPONSE_REJECTED")
            _inARow++;
        Forget();
        if (_inARow < Limit)
            return false;
        _inARow = 0;
        return true;
    }
}
