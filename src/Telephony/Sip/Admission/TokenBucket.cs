namespace Telephony.Sip.Admission;

/// <summary>How much somebody may do in a time: full at the start, a token for each deed, filled again at an even pace.</summary>
/// <remarks>A value in its owner's hands; allocates nothing.</remarks>
internal struct TokenBucket
{
    private double _tokens;
    private long _at;

    /// <summary>A full one.</summary>
    /// <param name="size">Tokens that it holds.</param>
    /// <param name="now">The clock's timestamp.</param>
    public TokenBucket(int size, long now)
    {
        _tokens = size;
        _at = now;
    }

    /// <summary>Takes a token; false when there is none.</summary>
    /// <param name="rate">Its size, and the time in which an empty one is full again.</param>
    /// <param name="now">The clock's timestamp.</param>
    public bool TryTake(in TokenRate rate, long now)
    {
        _tokens = Math.Min(rate.Size, _tokens + ((now - _at) * rate.TokensPerTick));
        _at = now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }

    /// <summary>Gives a token back.</summary>
    public void Return(in TokenRate rate) => _tokens = Math.Min(rate.Size, _tokens + 1);
}

/// <summary>Size and pace that many <see cref="TokenBucket"/>s share.</summary>
internal readonly record struct TokenRate
{
    /// <param name="size">Tokens that a bucket holds.</param>
    /// <param name="window">Time in which an empty one is full again.</param>
    /// <param name="timeProvider">Says how long its ticks are.</param>
    public TokenRate(int size, TimeSpan window, TimeProvider timeProvider)
    {
        Size = size;
        TokensPerTick = size / (window.TotalSeconds * timeProvider.TimestampFrequency);
    }

    /// <summary>Tokens that a bucket holds.</summary>
    public int Size { get; }

    /// <summary>Tokens that come back in one tick of the clock.</summary>
    public double TokensPerTick { get; }
}
