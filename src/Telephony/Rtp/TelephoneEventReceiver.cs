namespace Telephony.Rtp;

/// <summary>Turns the many packets of each key press into one digit, whichever of them are lost, doubled or overtaken (RFC 4733 section 2.5.2).</summary>
/// <remarks>
/// An event is known by its timestamp and code and is reported at the first of its packets, without waiting for the jitter buffer. The last sixteen
/// stay known, so that stragglers add nothing; the first packet of one that has been silent for a second is a recording played again. Owned by the media clock's thread; allocates when built only.
/// </remarks>
internal sealed class TelephoneEventReceiver
{
    private const int Remembered = 16;

    // A key held longer than the 16-bit duration goes on as a new event that starts where the last one stopped (RFC 4733 section 2.5.1.3).
    // The segment's last packets may be lost, so that it need not have been seen whole.
    private const int LongestSegment = ushort.MaxValue;
    private const int SegmentSlack = LongestSegment / 8;

    // Longer than any copy of a packet stays on the way.
    private const long ReplayAfterNs = 1_000_000_000;

    private readonly Known[] _known = new Known[Remembered];
    private int _count;
    private int _latest = -1;

    /// <summary>Forgets all events: a new stream has new timestamps.</summary>
    public void Reset()
    {
        _count = 0;
        _latest = -1;
    }

    /// <summary>Takes one packet; true when it tells of an event not reported yet.</summary>
    /// <param name="timestamp">RTP timestamp: when the event began.</param>
    /// <param name="telephoneEvent">The payload.</param>
    /// <param name="isMarked">The marker bit: the event's first packet.</param>
    /// <param name="nowNs">Monotonic time.</param>
    public bool OnPacket(uint timestamp, TelephoneEvent telephoneEvent, bool isMarked, long nowNs)
    {
        for (var i = 0; i < _count; i++)
        {
            ref var known = ref _known[i];
            if (known.Timestamp != timestamp || known.Code != telephoneEvent.Code)
                continue;
            if (isMarked && nowNs - known.LastNs > ReplayAfterNs)
            {
                known = New(timestamp, telephoneEvent, nowNs);
                return true;
            }
            known.LastNs = nowNs;
            known.Ended |= telephoneEvent.IsEnd;
            known.DurationUnits = Math.Max(known.DurationUnits, telephoneEvent.DurationUnits);
            return false;
        }
        var isContinued = _latest >= 0 && IsNextSegment(_known[_latest], timestamp, telephoneEvent.Code);
        Remember(New(timestamp, telephoneEvent, nowNs));
        return !isContinued;
    }

    private static bool IsNextSegment(Known previous, uint timestamp, byte code)
    {
        var step = SequenceNumber.TimestampDistance(previous.Timestamp, timestamp);
        return code == previous.Code && !previous.Ended
            && step is <= LongestSegment and > LongestSegment - SegmentSlack
            && previous.DurationUnits > LongestSegment - 2 * SegmentSlack;
    }

    private static Known New(uint timestamp, TelephoneEvent telephoneEvent, long nowNs) => new()
    {
        Timestamp = timestamp, Code = telephoneEvent.Code, Ended = telephoneEvent.IsEnd, DurationUnits = telephoneEvent.DurationUnits, LastNs = nowNs,
    };

    private void Remember(in Known known)
    {
        _latest = (_latest + 1) % Remembered;
        _count = Math.Min(_count + 1, Remembered);
        _known[_latest] = known;
    }

    private struct Known
    {
        public long LastNs;
        public uint Timestamp;
        public byte Code;
        public bool Ended;
        public ushort DurationUnits;
    }
}
