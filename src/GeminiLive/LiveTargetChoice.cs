namespace GeminiLive;

/// <summary>Which of a session's targets is its present one: the first as long as it serves, then <c>Live:Fallbacks</c> in order, round and round.</summary>
/// <remarks>
/// A target may be tried for <see cref="LiveOptions.FallbackAfter"/> while there is another, twice as long in each further round, since a slow
/// service must have its chance; waiting between attempts does not count. A session that is well stays where it is. Owned by the session's loop.
/// </remarks>
internal sealed class LiveTargetChoice(int count, LiveOptions options)
{
    private readonly bool[] _refused = new bool[count];
    private int _moves;
    private TimeSpan _spent;

    /// <summary>Index of the present target.</summary>
    public int Current { get; private set; }

    /// <summary>True when there is another that has not refused us for good.</summary>
    public bool HasOther => Next(_ => true) is not null;

    /// <summary>False once every other target has been tried in this outage.</summary>
    public bool IsFirstRound => _moves < _refused.Length;

    /// <summary>How much longer the present one may be tried; <see cref="TimeSpan.MaxValue"/> when there is no other.</summary>
    public TimeSpan TimeLeft =>
        HasOther ? options.FallbackAfter * Math.Pow(2, Math.Min(_moves / _refused.Length, 8)) - _spent : TimeSpan.MaxValue;

    /// <summary>An attempt at the present one has taken so long.</summary>
    public void Spend(TimeSpan time) => _spent += time;

    /// <summary>Goes to the next one.</summary>
    /// <param name="isRefused">True when the present one will never serve this session.</param>
    /// <param name="isGood">Which may be gone to; null for any.</param>
    /// <returns>False when there is none to go to.</returns>
    public bool MoveOn(bool isRefused, Func<int, bool>? isGood = null)
    {
        _refused[Current] |= isRefused;
        if (Next(isGood ?? (_ => true)) is not { } next)
            return false;
        Current = next;
        _moves++;
        _spent = TimeSpan.Zero;
        return true;
    }

    /// <summary>An outage begins: every target gets its time anew, the present one first.</summary>
    public void Begin()
    {
        _moves = 0;
        _spent = TimeSpan.Zero;
    }

    private int? Next(Func<int, bool> isGood)
    {
        for (var i = 1; i < _refused.Length; i++)
        {
            var index = (Current + i) % _refused.Length;
            if (!_refused[index] && isGood(index))
                return index;
        }
        return null;
    }
}
