namespace Telephony.Rtp.Srtp;

/// <summary>Which packet indices have been received: 128 behind the highest, twice what RFC 3711 section 3.3.2 asks for. Nothing is accepted twice.</summary>
internal struct ReplayWindow
{
    private const int Bits = 128;

    private UInt128 _seen;   // bit 0 is the highest index
    private bool _hasAny;

    /// <summary>The highest index received; 0 before the first.</summary>
    public long Highest { get; private set; }

    /// <summary>True if nothing has been received.</summary>
    public readonly bool IsEmpty => !_hasAny;

    /// <summary>Whether an index may be received: not before, and not too old to tell.</summary>
    public readonly bool Allows(long index)
    {
        if (!_hasAny || index > Highest)
            return true;
        var behind = Highest - index;
        return behind < Bits && (_seen >> (int)behind & 1) == 0;
    }

    /// <summary>Notes an index whose packet was authentic.</summary>
    public void Add(long index)
    {
        var ahead = index - Highest;
        if (!_hasAny || ahead >= Bits)
            (_seen, Highest, _hasAny) = (1, index, true);
        else if (ahead > 0)
            (_seen, Highest) = (_seen << (int)ahead | 1, index);
        else if (-ahead < Bits)
            _seen |= UInt128.One << (int)-ahead;
    }
}
