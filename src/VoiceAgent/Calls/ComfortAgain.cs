namespace VoiceAgent.Calls;

/// <summary>Says when a caller who waits for a tool is comforted once more: each rung of the ladder comes once, and a tool may take longer than all of them.</summary>
/// <remarks>Owned by the call's loop.</remarks>
internal sealed class ComfortAgain(TimeProvider time)
{
    // A line that is still for longer sounds dead (goal B29: 3.0 s), and the next words take a moment to begin.
    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(2.5);

    // Over a soft sound the same words would soon be a nuisance.
    private static readonly TimeSpan BetweenWords = TimeSpan.FromSeconds(9);

    private long? _comfortedAt;
    private bool _hadWords;

    /// <summary>A comforting rung was taken.</summary>
    public void Taken(SilenceStep step)
    {
        _comfortedAt = time.GetTimestamp();
        _hadWords |= step.Action == SilenceAction.Prompt;
    }

    /// <summary>The wait is over.</summary>
    public void Forget() => (_comfortedAt, _hadWords) = (null, false);

    /// <summary>Time until nothing at all has been heard for long.</summary>
    public TimeSpan QuietLeft(LineActivity line) => LongestQuiet - time.GetElapsedTime(Math.Max(line.SoundHeardAt, _comfortedAt ?? 0));

    /// <summary>Time until the last comfort is due again; null when none has been given.</summary>
    /// <param name="line">The line at this moment.</param>
    /// <param name="isLast">Whether no rung is left that would comfort.</param>
    public TimeSpan? Left(LineActivity line, bool isLast)
    {
        if (_comfortedAt is not { } at || !(_hadWords || isLast))
            return null;
        var quiet = QuietLeft(line);
        var words = BetweenWords - time.GetElapsedTime(at);
        return isLast && words < quiet ? words : quiet;
    }
}
