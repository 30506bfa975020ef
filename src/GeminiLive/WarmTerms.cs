namespace GeminiLive;

/// <summary>What a server has shown of how long it lets a socket wait for its session: how old one may become, and whether another may be opened now.</summary>
/// <remarks>Owned by a <see cref="LiveWarmShelf"/>, under its lock.</remarks>
internal sealed class WarmTerms(LiveOptions options, TimeProvider timeProvider)
{
    /// <summary>The rest after a failure; it doubles up to <see cref="LongestRest"/>.</summary>
    public static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(5);

    /// <summary>A server that wants no waiting sockets, or nobody at all, is asked again so often.</summary>
    public static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    // What lives no longer is not worth its handshake.
    private static readonly TimeSpan Worthwhile = TimeSpan.FromSeconds(10);

    private TimeSpan _maxAge = options.WarmMaxAge;
    private TimeSpan _rest;
    private long _restsSince;
    private int _closedYoung;
    private int _takenOnTrial;
    private bool _isTold;

    /// <summary>How old a socket may become: what is configured, or less where the server closes them before that.</summary>
    public TimeSpan MaxAge => _maxAge;

    /// <summary>How long no socket is to be opened.</summary>
    public TimeSpan RestLeft => _rest - timeProvider.GetElapsedTime(_restsSince) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private bool IsOnTrial => _closedYoung > options.WarmConnections;

    /// <summary>Whether another may be opened beside those that wait; where the server closes them at once, only one at a time.</summary>
    /// <param name="waiting">How many wait.</param>
    /// <param name="oldest">Age of the oldest of them.</param>
    public bool MayOpen(int waiting, TimeSpan oldest)
    {
        if (oldest >= Worthwhile)
            LetLive();
        return waiting < (IsOnTrial ? 1 : options.WarmConnections) && RestLeft == TimeSpan.Zero;
    }

    /// <summary>One could not be opened.</summary>
    public void Failed()
    {
        _rest = _rest == TimeSpan.Zero ? FirstRest : _rest * 2 < LongestRest ? _rest * 2 : LongestRest;
        _restsSince = timeProvider.GetTimestamp();
    }

    /// <summary>One was opened.</summary>
    public void Opened()
    {
        if (!IsOnTrial)
            _rest = TimeSpan.Zero;
    }

    /// <summary>One went to a session. Where calls come one upon the other sockets are of use although none lives long: as many taken in a row as were closed end the trial.</summary>
    public void Taken(TimeSpan age)
    {
        if (age >= Worthwhile)
            LetLive();
        else if (!IsOnTrial || ++_takenOnTrial > options.WarmConnections)
            EndTrial();
    }

    /// <summary>One became as old as it may: perhaps the next may become older.</summary>
    public void Aged()
    {
        LetLive();
        _maxAge = _maxAge * 1.1 < options.WarmMaxAge ? _maxAge * 1.1 : options.WarmMaxAge;
    }

    /// <summary>The server closed one that waited. One after the other may have its reasons, such as a restart; more than are kept show that it wants none.</summary>
    /// <returns>True when that is news.</returns>
    public bool Closed(TimeSpan age)
    {
        if (age >= Worthwhile)
        {
            _maxAge = age * 0.75 < _maxAge ? age * 0.75 : _maxAge;
            return false;
        }
        (_closedYoung, _takenOnTrial) = (_closedYoung + 1, 0);
        // Those that it closes together are one answer.
        if (IsOnTrial && RestLeft == TimeSpan.Zero)
            Failed();
        var isNews = IsOnTrial && !_isTold;
        _isTold |= isNews;
        return isNews;
    }

    private void LetLive()
    {
        EndTrial();
        _isTold = false;
    }

    // A rest that others brought stays: that one lives says nothing of another that could not be opened.
    private void EndTrial()
    {
        if (IsOnTrial)
            _rest = TimeSpan.Zero;
        _closedYoung = 0;
    }
}
