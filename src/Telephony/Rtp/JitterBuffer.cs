namespace Telephony.Rtp;

/// <summary>Puts the caller's packets into sequence: passes packets in order at once, lets a gap wait a bounded time, then gives it up.</summary>
/// <remarks>Knows sequence numbers and arrival times only; media time is the <c>ReceiveTimeline</c>'s. Owned by the media clock's thread; allocates when built only.</remarks>
internal sealed class JitterBuffer
{
    /// <summary>Packets that can be held behind a gap: 640 ms of 10 ms packets, a power of two.</summary>
    public const int Capacity = 64;

    /// <summary>Longest payload that is kept, in bytes: the largest Opus packet, 160 ms of G.711.</summary>
    public const int MaxPayloadBytes = 1280;

    // RFC 3550 appendix A.1: MAX_DROPOUT and MAX_MISORDER.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    private readonly PayloadBlocks _payloads = new();
    private readonly Slot[] _slots = new Slot[Capacity];
    private bool _started;
    private ushort _next;
    private int _held;
    private int _lostBefore;
    private int _badNext = -1;
    private long _lastGapNs;

    /// <summary>Packets held; none of them is due as long as a gap before it may wait.</summary>
    public int Held => _held;

    /// <summary>How late the packet pushed last came after a later one had been seen; 0 when it was in order.</summary>
    public long OvertakenByNs { get; private set; }

    /// <summary>Forgets everything: the next packet starts a new stream.</summary>
    public void Reset()
    {
        _slots.AsSpan().Clear();
        _payloads.Clear();
        _started = false;
        _held = 0;
        _lostBefore = 0;
        _badNext = -1;
    }

    /// <summary>Takes a packet in any order; its payload is copied.</summary>
    public PushResult Push(in RtpPacket packet, long nowNs)
    {
        OvertakenByNs = 0;
        if (packet.Payload.Length > MaxPayloadBytes)
            return PushResult.TooLarge;
        if (!_started)
            Start(packet.SequenceNumber);

        var distance = SequenceNumber.Distance(_next, packet.SequenceNumber);
        if (distance is < -MaxMisorder or > MaxDropout)
            return OnJump(packet, nowNs);
        _badNext = -1;
        if (distance < 0)
            return OnBehind(packet.SequenceNumber, distance, nowNs);
        if (distance >= Capacity)
        {
            if (_held > 0)
                return PushResult.NoRoom;
            _lostBefore += distance;
            _next = packet.SequenceNumber;
        }
        return Store(packet, nowNs);
    }

    /// <summary>Takes the next packet whose turn has come: the one next in sequence, or the first behind a gap that has waited long enough.</summary>
    /// <param name="nowNs">Monotonic time.</param>
    /// <param name="waitNs">How long a gap waits.</param>
    /// <param name="force">Gives gaps up at once.</param>
    /// <param name="packet">The packet; its payload is valid until the next pop.</param>
    public bool TryPop(long nowNs, long waitNs, bool force, out BufferedPacket packet)
    {
        packet = default;
        if (_held == 0)
            return false;
        if (!IsHeld(_next) && !TryGiveUpGap(nowNs, waitNs, force))
            return false;

        ref var slot = ref _slots[_next % Capacity];
        slot.Held = false;
        packet = new BufferedPacket(slot, _payloads.Take(slot.FirstBlock, slot.PayloadBytes), _lostBefore);
        _lostBefore = 0;
        _held--;
        _next++;
        return true;
    }

    /// <summary>When the present gap is given up; <see cref="long.MaxValue"/> when there is none.</summary>
    public long GapDueNs(long waitNs) => _held == 0 ? long.MaxValue : GapSinceNs() + waitNs;

    private void Start(ushort sequenceNumber)
    {
        _started = true;
        _next = sequenceNumber;
    }

    private PushResult OnJump(in RtpPacket packet, long nowNs)
    {
        if (packet.SequenceNumber != _badNext)
        {
            _badNext = SequenceNumber.Add(packet.SequenceNumber, 1);
            return PushResult.OutOfSequence;
        }
        if (_held > 0)
            return PushResult.NoRoom;
        Reset();
        Start(packet.SequenceNumber);
        return Store(packet, nowNs);
    }

    private PushResult OnBehind(ushort sequenceNumber, int distance, long nowNs)
    {
        ref var slot = ref _slots[sequenceNumber % Capacity];
        if (-distance <= Capacity && slot.Seen && slot.SequenceNumber == sequenceNumber)
            return PushResult.Duplicate;
        OvertakenByNs = nowNs - _lastGapNs;
        if (-distance <= Capacity && !slot.Held)
            slot = new Slot { Seen = true, SequenceNumber = sequenceNumber };
        return PushResult.Late;
    }

    private PushResult Store(in RtpPacket packet, long nowNs)
    {
        var sequenceNumber = packet.SequenceNumber;
        if (IsHeld(sequenceNumber))
            return PushResult.Duplicate;
        if (!_payloads.TryPut(packet.Payload, out var firstBlock))
            return PushResult.NoRoom;
        if (_held > 0 && sequenceNumber == _next)
            OvertakenByNs = nowNs - GapSinceNs();
        _slots[sequenceNumber % Capacity] = new Slot
        {
            Held = true,
            Seen = true,
            SequenceNumber = sequenceNumber,
            Timestamp = packet.Timestamp,
            PayloadType = packet.PayloadType,
            Marker = packet.Marker,
            PayloadBytes = packet.Payload.Length,
            FirstBlock = firstBlock,
            ArrivedNs = nowNs,
        };
        _held++;
        return PushResult.Taken;
    }

    private bool TryGiveUpGap(long nowNs, long waitNs, bool force)
    {
        var sinceNs = GapSinceNs();
        if (!force && nowNs - sinceNs < waitNs)
            return false;
        _lastGapNs = sinceNs;
        while (!IsHeld(_next))
        {
            _next++;
            _lostBefore++;
        }
        return true;
    }

    // A gap is seen when the first packet behind it comes.
    private long GapSinceNs()
    {
        var sinceNs = long.MaxValue;
        foreach (ref var slot in _slots.AsSpan())
            if (slot.Held && slot.ArrivedNs < sinceNs)
                sinceNs = slot.ArrivedNs;
        return sinceNs;
    }

    private bool IsHeld(ushort sequenceNumber)
    {
        ref var slot = ref _slots[sequenceNumber % Capacity];
        return slot.Held && slot.SequenceNumber == sequenceNumber;
    }

    /// <summary>One place of the ring; stays readable as "seen" after its packet was popped, to tell duplicates from late packets.</summary>
    internal struct Slot
    {
        public bool Held;
        public bool Seen;
        public bool Marker;
        public byte PayloadType;
        public byte FirstBlock;
        public ushort SequenceNumber;
        public uint Timestamp;
        public int PayloadBytes;
        public long ArrivedNs;
    }
}
