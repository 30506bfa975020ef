namespace GeminiLive;

/// <summary>What is known of a connection's end.</summary>
/// <param name="Code">The server's close code; null without a close frame.</param>
/// <param name="Reason">The server's words.</param>
/// <param name="WasMute">True when we ended it, since an answer stayed away.</param>
/// <param name="IsPlanned">True when we changed over, as the server had asked: nothing is wrong with anything.</param>
internal readonly record struct LiveLoss(int? Code, string Reason, bool WasMute = false, bool IsPlanned = false);

/// <summary>What it takes to fetch a session back: where to, with which handle or how much of the history, after what wait, and the budget of an outage.</summary>
/// <remarks>
/// The order is: resume, fresh session that is told what was said, next target, give up. An outage ends when the model has spoken on the new
/// connection or when that has lived for ten seconds; a server that accepts every setup and closes again right away therefore spends one budget.
/// Owned by the session's loop.
/// </remarks>
internal sealed class LiveResumption(LiveOptions options, TimeProvider timeProvider, int targets = 1, Random? random = null)
{
    private static readonly TimeSpan HealthyLife = TimeSpan.FromSeconds(10);

    // A handle that fails this often although the service answers, or whose session closes again before the model has spoken, is taken for
    // the cause; after that the target.
    private const int Tries = 2;

    // Sessions in a row on which an answer stayed away, though each new one was asked for it in writing: from the second on the handle is taken
    // for the cause, from the third on the target, and after the fourth without another target the session is given up.
    private const int MuteTries = 4;

    private readonly LiveTargetChoice _targets = new(targets, options);
    private readonly LiveBackoff _backoff = new(options, timeProvider, random ?? Random.Shared);
    private long? _outageStart;
    private long _openedAt;
    private long _lostAt;
    private int _failures;
    private int _muteLosses;
    private bool _isUnproven;
    private bool _hasDoubted;

    /// <summary>Which targets are asked for handles; null for all. One that comes unasked, as from 3.1, would not be taken back.</summary>
    public IReadOnlyList<bool>? AsksForHandles { get; init; }

    /// <summary>Index of the target to connect to.</summary>
    public int Target => _targets.Current;

    /// <summary>Handle of the last update that was resumable; null until there is one, and on a target that did not give it.</summary>
    public string? Handle { get; private set; }

    /// <summary>False while the server could only restore an older state than the present one.</summary>
    public bool IsResumable { get; private set; }

    /// <summary>How much a fresh session shall be told: 0 all, 1 only the end since all was too much, 2 nothing since that was too much as well.</summary>
    public int SeedLevel { get; private set; }

    /// <summary>Attempts in the present outage; counted by <see cref="LiveOpener"/>.</summary>
    public int Attempts { get; set; }

    /// <summary>True when the model has stayed mute over several sessions.</summary>
    public bool IsHopeless => _muteLosses >= MuteTries + targets - 1;

    /// <summary>What is left of the present outage's budget.</summary>
    public TimeSpan BudgetLeft => options.ReconnectBudget - Outage;

    /// <summary>How much longer the present target may be tried; <see cref="TimeSpan.MaxValue"/> when there is no other.</summary>
    public TimeSpan TargetTimeLeft => _targets.TimeLeft;

    /// <summary>False while the connection is so young, after a loss or a change, that nobody knows whether it is a good one.</summary>
    public bool IsSettled => _outageStart is null || timeProvider.GetElapsedTime(_openedAt) >= HealthyLife;

    /// <summary>Age of the present outage.</summary>
    public TimeSpan Outage => _outageStart is { } start ? timeProvider.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Time since the connection was lost last; an outage may hold several losses.</summary>
    public TimeSpan Gap => timeProvider.GetElapsedTime(_lostAt);

    /// <summary>Takes an update: a handle only when it came with <c>resumable</c>; the last good one stays otherwise.</summary>
    public void Note(string? newHandle, bool isResumable)
    {
        if (AsksForHandles?[Target] == false)
            return;
        IsResumable = isResumable;
        if (newHandle is not null)
            Handle = newHandle;
    }

    /// <summary>The next session starts fresh.</summary>
    public void DropHandle()
    {
        Handle = null;
        IsResumable = _isUnproven = false;
        _failures = 0;
    }

    /// <summary>A setup was accepted.</summary>
    public void Opened()
    {
        _openedAt = timeProvider.GetTimestamp();
        if (_outageStart is null)
            EndOutage();   // the first connection's attempts were none of an outage
        else
            _backoff.WasAccepted = true;
        _isUnproven = Handle is not null;
        IsResumable = false;
    }

    /// <summary>The model has spoken: all is well again.</summary>
    public void Healthy()
    {
        Reacted();
        EndOutage();
    }

    /// <summary>The model has ended a turn or waits for input: when it says nothing, it does so by choice.</summary>
    public void Reacted()
    {
        _muteLosses = 0;
        _isUnproven = false;
    }

    /// <summary>The connection was lost: decides what the next session is, by the words of the close and by what came before.</summary>
    public void Lost(LiveLoss loss)
    {
        _lostAt = timeProvider.GetTimestamp();
        var isRepeated = _outageStart is not null && timeProvider.GetElapsedTime(_openedAt) < HealthyLife;
        if (!isRepeated)
            EndOutage();
        if (_outageStart is null)
        {
            _outageStart = timeProvider.GetTimestamp();
            _targets.Begin();
        }
        if (loss.WasMute)
            LoseMute();
        else if (loss.IsPlanned)
            LeaveTargetThatKeepsNobody(isRepeated);
        else if (isRepeated && loss.Code is not null && ++_failures >= Tries)
            LeaveCause();
        else
            Remedy(isRepeated && LiveCloseReasons.MayBeFullContext(loss.Code) ? LiveRemedy.StartFreshShort : LiveCloseReasons.RemedyFor(loss.Code, loss.Reason));
    }

    /// <summary>Gives the wait before the next attempt.</summary>
    public TimeSpan NextWait() => _backoff.Next();

    /// <summary>A short wait for one of many sessions that were all let in at the same moment.</summary>
    public TimeSpan Spread() => _backoff.Spread();

    /// <summary>Goes to another target when the present one is down and the other is not.</summary>
    public void Avoid(Func<int, bool> isDown)
    {
        if (isDown(Target))
            MoveOn(isRefused: false, index => !isDown(index));
    }

    /// <summary>An attempt at the present target has taken so long.</summary>
    public void Tried(TimeSpan time) => _targets.Spend(time);

    /// <summary>The present target has had its time.</summary>
    public void LeaveTarget() => MoveOn(isRefused: false);

    /// <summary>Judges a failed attempt.</summary>
    /// <returns>False when another attempt would fail the same way.</returns>
    public bool MayTryAgain(LiveFailure failure)
    {
        switch (failure.Kind)
        {
            case LiveFailureKind.QuotaSpent:
                return MoveOn(isRefused: false) || CountFailure();
            case LiveFailureKind.Unreachable:
            case LiveFailureKind.Unavailable when failure.IsBeforeSetup:   // no fault of the handle, which was not even shown
                if (_targets.HasOther && ++_failures >= Tries)
                    MoveOn(isRefused: false);
                return true;
            case LiveFailureKind.Unavailable:
            case LiveFailureKind.SetupTimedOut when Handle is null:
                return CountFailure();
            case LiveFailureKind.Refused or LiveFailureKind.HandleRefused or LiveFailureKind.SetupTimedOut when Handle is not null:
                DropHandle();
                _backoff.SkipNext();   // the fresh attempt goes out at once
                return true;
            case LiveFailureKind.Refused when !_hasDoubted && LiveCloseReasons.BlamesNothing(failure.Code, failure.Detail):
                // Words that name no field, seen for passing faults too: asked once more before the call is lost for them.
                _hasDoubted = true;
                return true;
            default:
                return MoveOn(isRefused: true);
        }
    }

    private bool CountFailure()
    {
        if (++_failures >= Tries)
            LeaveCause();
        return true;
    }

    private void LoseMute()
    {
        if (++_muteLosses > Tries && MoveOn(isRefused: false))
            return;
        if (_muteLosses > 1 || _isUnproven)
            DropHandle();
    }

    /// <summary>Nothing is wrong with a session that was moved on request, nor with its handle; but where each lives for seconds only, another target is the better place.</summary>
    private void LeaveTargetThatKeepsNobody(bool isRepeated)
    {
        if (isRepeated && _targets.HasOther && ++_failures >= Tries)
            MoveOn(isRefused: false);
    }

    /// <summary>What has failed again and again is left: the handle, then the target.</summary>
    private void LeaveCause()
    {
        if (Handle is null)
        {
            MoveOn(isRefused: false);
            return;
        }
        DropHandle();
        _backoff.SkipNext();
    }

    private void Remedy(LiveRemedy remedy)
    {
        if (remedy == LiveRemedy.NextTarget || (remedy == LiveRemedy.StartFreshShort && SeedLevel > 0))
            MoveOn(isRefused: false);
        if (remedy is LiveRemedy.StartFresh or LiveRemedy.StartFreshShort)
            DropHandle();
        if (remedy == LiveRemedy.StartFreshShort)
            SeedLevel = Math.Min(SeedLevel + 1, 2);
    }

    private bool MoveOn(bool isRefused, Func<int, bool>? isGood = null)
    {
        if (!_targets.MoveOn(isRefused, isGood))
            return false;
        DropHandle();   // it is the other's
        if (_targets.IsFirstRound)
            _backoff.SkipNext();
        return true;
    }

    private void EndOutage()
    {
        _outageStart = null;
        Attempts = SeedLevel = _failures = 0;
        _backoff.Reset();
    }
}
