using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>Where a packet lies on the caller's time line: what <see cref="ReceivePath"/> feeds before it and how much of it is still wanted.</summary>
/// <param name="IsWanted">False when the packet is to be dropped.</param>
/// <param name="IsAhead">Dropped because the caller ran ahead of real time, not because it was late.</param>
/// <param name="GapUnits">Clock units missing before the packet, to be filled first.</param>
/// <param name="TrimUnits">Clock units at its start that have been filled already.</param>
internal readonly record struct Placement(bool IsWanted, bool IsAhead, int GapUnits, int TrimUnits);

/// <summary>Keeps the caller's time line exact: every RTP timestamp is fed to the sink once, in order, and never far ahead of real time.</summary>
/// <remarks>
/// <para>Rules. A packet is fed as soon as it is in sequence; timestamps missing before it are filled. While nothing comes, silence is fed at the pace of
/// real time, a lag behind it that leaves late packets a chance; a packet whose place has been filled by then is late and dropped, a part of it is cut.
/// So a stall costs audio but never shifts the time line.</para>
/// <para>Feeding may run ahead of real time by <c>maxAheadNs</c>, counted from the start; the count leaks 1 ms a second so that a peer's clock may be
/// off by 1000 ppm for ever. What would exceed it is not filled (the time line is tied to the packet anew) or, if it is audio, dropped.</para>
/// <para>A peer that sets its timestamps back is followed: at once when they jump by more than 2 s or a talk spurt begins, else after three late
/// packets over 50 ms. Owned by the media clock's thread; allocates nothing.</para>
/// </remarks>
internal sealed class ReceiveTimeline(long maxAheadNs)
{
    private const double NsPerSecond = 1e9;
    private const double LeakPerNs = 0.001;
    private const int LatePacketsBelieved = 3;
    private const long LateTimeBelievedNs = 50_000_000;
    private const long LongestFillNs = 2_000_000_000;

    private int _clockRateHz = 8000;
    private bool _anchored;
    private uint _next;
    private long _nowNs;
    private double _aheadNs;
    private double _leakableNs;
    private int _lateRun;
    private long _lateSinceNs;

    /// <summary>Media time fed minus real time passed, in ms: negative while the line lags.</summary>
    public double AheadMs => _aheadNs / 1e6;

    /// <summary>Starts counting real time.</summary>
    public void Start(long nowNs) => _nowNs = nowNs;

    /// <summary>Ties the next packet to the present end of the line, whatever its timestamp: a new stream, or the end of hold.</summary>
    public void Unanchor() => _anchored = false;

    /// <summary>A new codec counts in another clock.</summary>
    public void SetClockRate(int hz)
    {
        if (hz != _clockRateHz)
            Unanchor();
        _clockRateHz = hz;
    }

    /// <summary>Finds the place of a packet whose turn has come.</summary>
    /// <param name="timestamp">Its RTP timestamp.</param>
    /// <param name="units">Its length in clock units.</param>
    /// <param name="isTalkSpurt">It carries the marker bit.</param>
    /// <param name="nowNs">Monotonic time.</param>
    public Placement Place(uint timestamp, int units, bool isTalkSpurt, long nowNs)
    {
        Advance(nowNs);
        Leak();
        var gap = _anchored ? SequenceNumber.TimestampDistance(_next, timestamp) : 0;
        if (gap <= -units)
        {
            if (!IsSetBack(gap, isTalkSpurt, nowNs))
                return default;
            gap = 0;
        }
        _lateRun = 0;
        var trim = Math.Max(0, -gap);
        gap = Math.Max(0, gap);
        if (_aheadNs + NsOf(gap) > maxAheadNs)
            gap = 0;
        _next = timestamp + (uint)trim - (uint)gap;
        _anchored = true;
        return _aheadNs + NsOf(gap + units - trim) > maxAheadNs
            ? new Placement(IsWanted: false, IsAhead: true, 0, 0)
            : new Placement(IsWanted: true, IsAhead: false, gap, trim);
    }

    /// <summary>Clock units of silence that are due because nothing came; whole frames.</summary>
    /// <param name="nowNs">Monotonic time.</param>
    /// <param name="lagNs">How far the line may stay behind real time.</param>
    /// <param name="frameUnits">Clock units of one frame.</param>
    public int SilenceDue(long nowNs, long lagNs, int frameUnits)
    {
        Advance(nowNs);
        _leakableNs = 0;
        // A process that stood still for long does not make the time up.
        _aheadNs = Math.Max(_aheadNs, -lagNs - LongestFillNs);
        var frames = (int)((-_aheadNs - lagNs) / NsOf(frameUnits));
        return Math.Max(0, frames) * frameUnits;
    }

    /// <summary>Tells that so much was fed.</summary>
    public void OnFed(int units)
    {
        _aheadNs += NsOf(units);
        _next += (uint)units;
    }

    private double NsOf(int units) => units * NsPerSecond / _clockRateHz;

    private void Advance(long nowNs)
    {
        var elapsedNs = nowNs - _nowNs;
        _nowNs = nowNs;
        _aheadNs -= elapsedNs;
        _leakableNs += elapsedNs;
    }

    // Only time in which packets came leaks: silence fed by the clock must neither shrink nor grow.
    private void Leak()
    {
        var leak = Math.Min(Math.Abs(_aheadNs), _leakableNs * LeakPerNs);
        _leakableNs = 0;
        _aheadNs -= Math.CopySign(leak, _aheadNs);
    }

    private bool IsSetBack(int gap, bool isTalkSpurt, long nowNs)
    {
        if (_lateRun++ == 0)
            _lateSinceNs = nowNs;
        return gap < -2L * _clockRateHz
            || (isTalkSpurt && gap < -_clockRateHz / 5)
            || (_lateRun >= LatePacketsBelieved && nowNs - _lateSinceNs >= LateTimeBelievedNs);
    }
}
