namespace GeminiLive;

/// <summary>What it takes to fetch a session back: the last good handle, the waits between attempts, and the budget of an outage.</summary>
/// <remarks>
/// An outage ends when the model has spoken on the new connection or when that has lived for ten seconds; a server that accepts every setup and closes
/// again right away therefore spends one budget, and is not hammered. Owned by the session's loop.
/// </remarks>
internal sealed class LiveResumption(LiveOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan HealthyLife = TimeSpan.FromSeconds(10);

    // A handle that fails this often although the service answers, or whose session closes again before the model has spoken, is taken for the cause.
    private const int HandleTries = 2;

    // Sessions in a row on which an answer stayed away, though each new one was asked for it in writing: from the second on the handle is taken
    // for the cause, after the fourth the session is given up.
    private const int MuteTries = 4;

    private long? _outageStart;
    private long _openedAt;
    private int _failures;
    private int _handleFailures;
    private int _muteLosses;

    /// <summary>Handle of the last update that was resumable; null until there is one.</summary>
    public string? Handle { get; private set; }

    /// <summary>False while the server could only restore an older state than the present one.</summary>
    public bool IsResumable { get; private set; }

    /// <summary>Attempts in the present outage.</summary>
    public int Attempts { get; private set; }

    /// <summary>True when the model has stayed mute over several sessions.</summary>
    public bool IsHopeless => _muteLosses >= MuteTries;

    /// <summary>What is left of the present outage's budget.</summary>
    public TimeSpan BudgetLeft => options.ReconnectBudget - Outage;

    /// <summary>Age of the present outage.</summary>
    public TimeSpan Outage => _outageStart is { } start ? timeProvider.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Takes an update: a handle only when it came with <c>resumable</c>; the last good one stays otherwise.</summary>
    public void Note(string? newHandle, bool isResumable)
    {
        IsResumable = isResumable;
        if (newHandle is not null)
            Handle = newHandle;
    }

    /// <summary>The next session starts fresh.</summary>
    public void DropHandle()
    {
        Handle = null;
        IsResumable = false;
        _handleFailures = 0;
    }

    /// <summary>A setup was accepted.</summary>
    public void Opened()
    {
        _openedAt = timeProvider.GetTimestamp();
        IsResumable = false;
    }

    /// <summary>The model has spoken: all is well again.</summary>
    public void Healthy()
    {
        Reacted();
        EndOutage();
    }

    /// <summary>The model has ended a turn or waits for input: when it says nothing, it does so by choice.</summary>
    public void Reacted() => _muteLosses = 0;

    /// <summary>The connection was lost.</summary>
    /// <param name="wasMute">True when we ended it, since an answer stayed away.</param>
    /// <param name="byServer">True when the server sent a close frame.</param>
    public void Lost(bool wasMute, bool byServer)
    {
        if (wasMute && ++_muteLosses > 1)
            DropHandle();
        if (timeProvider.GetElapsedTime(_openedAt) >= HealthyLife)
            EndOutage();
        else if (byServer && _outageStart is not null && ++_handleFailures == HandleTries)
            DropHandle();
        _outageStart ??= timeProvider.GetTimestamp();
    }

    /// <summary>Counts the next attempt and gives the wait before it: none before the first, then growing, with a fifth of jitter.</summary>
    public TimeSpan NextWait()
    {
        Attempts++;
        if (_failures++ == 0)
            return TimeSpan.Zero;
        var wait = Math.Min(options.MaxBackoff.TotalSeconds, options.FirstBackoff.TotalSeconds * Math.Pow(2, Math.Min(_failures - 2, 10)));
        return TimeSpan.FromSeconds(wait * (0.8 + 0.4 * Random.Shared.NextDouble()));
    }

    /// <summary>Judges a failed attempt.</summary>
    /// <returns>False when another attempt would fail the same way.</returns>
    public bool MayTryAgain(LiveFailure failure)
    {
        if (failure.Kind == LiveFailureKind.Unreachable)
            return true;
        if (Handle is null)
            return failure.Kind is LiveFailureKind.Unavailable or LiveFailureKind.SetupTimedOut;

        if (failure.Kind is not LiveFailureKind.Unavailable || ++_handleFailures == HandleTries)
        {
            DropHandle();
            _failures = 0;   // the fresh attempt goes out at once
        }
        return true;
    }

    private void EndOutage()
    {
        _outageStart = null;
        Attempts = _failures = _handleFailures = 0;
    }
}
