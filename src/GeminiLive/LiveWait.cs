namespace GeminiLive;

/// <summary>One thing that <see cref="LiveWatchdog"/> waits for; the default is nothing.</summary>
/// <param name="Since">Timestamp from which the limit counts; may lie ahead.</param>
/// <param name="Limit">How long it may take.</param>
internal readonly record struct LiveWait(long Since, TimeSpan Limit)
{
    /// <summary>True when something is waited for.</summary>
    public bool IsRunning => Limit > TimeSpan.Zero;

    /// <summary>Time until the limit, negative beyond it; null when nothing is waited for.</summary>
    public TimeSpan? Left(TimeProvider timeProvider, long now) => IsRunning ? Limit - timeProvider.GetElapsedTime(Since, now) : null;
}
