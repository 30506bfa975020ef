namespace Telephony.Rtp;

/// <summary>When the next packet is due: an absolute schedule of one packet per packet time, which one talk spurt at a time may leave early.</summary>
/// <remarks>Owned by the media clock's thread; allocates nothing.</remarks>
internal sealed class SendSchedule
{
    private long _nominalNs;
    private long _earlyNs;

    /// <summary>When the next packet is due.</summary>
    public long DueNs => _nominalNs - _earlyNs;

    /// <summary>Packet time in ns.</summary>
    public long PtimeNs { get; private set; } = 20_000_000;

    /// <summary>Starts over with the first packet due then.</summary>
    public void Start(long firstDueNs)
    {
        _nominalNs = firstDueNs;
        _earlyNs = 0;
    }

    /// <summary>Another packet time from the next packet on.</summary>
    public void SetPtime(long ns) => PtimeNs = ns;

    /// <summary>Packets whose time has passed by so far that sending them would make a burst; they are given up and their count returned.</summary>
    /// <remarks>Up to two and a half packet times are caught up: at most three packets leave back to back.</remarks>
    public int SkipMissed(long nowNs)
    {
        var lateNs = nowNs - DueNs;
        if (lateNs <= PtimeNs * 5 / 2)
            return 0;
        var missed = (int)(lateNs / PtimeNs);
        _nominalNs += missed * PtimeNs;
        return missed;
    }

    /// <summary>The packet that was due is done with.</summary>
    public void Next() => _nominalNs += PtimeNs;

    /// <summary>A talk spurt begins: the next packet is due now, and the following ones stay as early as it was.</summary>
    public void StartNow(long nowNs)
    {
        if (_earlyNs == 0 && _nominalNs > nowNs)
            _earlyNs = Math.Min(_nominalNs - nowNs, PtimeNs);
    }

    /// <summary>The talk spurt is over: the next packet waits for its place on the old schedule.</summary>
    public void Restore() => _earlyNs = 0;
}
