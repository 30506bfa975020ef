namespace Telephony.Rtp.Rtcp;

/// <summary>Counts the caller's stream as RFC 3550 appendices A.1, A.3 and A.8 do: for our reports, and for the jitter that the receive path adapts to.</summary>
/// <remarks>Owned by the media clock's thread; allocates nothing.</remarks>
internal sealed class ReceptionStatistics
{
    private const int MaxDropout = 3000;

    private bool _started;
    private ushort _highest;
    private uint _cycles;
    private uint _base;
    private uint _received;
    private uint _expectedPrior;
    private uint _receivedPrior;
    private bool _hasTransit;
    private double _transitUnits;
    private uint _lastTimestamp;
    private int _clockRateHz;

    /// <summary>The stream that is counted.</summary>
    public uint Ssrc { get; private set; }

    /// <summary>Whether a packet of the stream was counted.</summary>
    public bool HasPackets => _started;

    /// <summary>Interarrival jitter in clock units.</summary>
    public double JitterUnits { get; private set; }

    /// <summary>Highest sequence number, wraps counted in the upper half.</summary>
    public uint ExtendedHighest => _cycles + _highest;

    /// <summary>Starts over with another stream.</summary>
    public void Reset(uint ssrc)
    {
        Ssrc = ssrc;
        _started = false;
        _cycles = 0;
        _received = 0;
        _expectedPrior = 0;
        _receivedPrior = 0;
        _hasTransit = false;
        JitterUnits = 0;
    }

    /// <summary>Counts a packet; late and doubled ones too.</summary>
    public void OnPacket(ushort sequenceNumber)
    {
        if (!_started || Math.Abs(SequenceNumber.Distance(_highest, sequenceNumber)) > MaxDropout)
        {
            Restart(sequenceNumber);
        }
        else if (SequenceNumber.Distance(_highest, sequenceNumber) > 0)
        {
            if (sequenceNumber < _highest)
                _cycles += 0x10000;
            _highest = sequenceNumber;
        }
        _received++;
    }

    /// <summary>Takes the spacing of an audio packet into the jitter. Packets of one timestamp (telephone events) tell nothing and are left out.</summary>
    public void OnTimestamp(uint timestamp, long arrivedNs, int clockRateHz)
    {
        if (clockRateHz != _clockRateHz)
            ChangeClock(clockRateHz);
        var arrivedUnits = arrivedNs * (clockRateHz / 1e9);
        if (_hasTransit)
        {
            // Differences first: the timestamp wraps.
            var difference = arrivedUnits - _transitUnits - SequenceNumber.TimestampDistance(_lastTimestamp, timestamp);
            // A jump of the sender's clock is no jitter.
            if (Math.Abs(difference) < clockRateHz)
                JitterUnits += (Math.Abs(difference) - JitterUnits) / 16;
        }
        _hasTransit = true;
        _transitUnits = arrivedUnits;
        _lastTimestamp = timestamp;
    }

    /// <summary>The report on this stream; starts the next interval of "fraction lost".</summary>
    /// <param name="lastSenderReport">Middle NTP time of the peer's last sender report, or 0.</param>
    /// <param name="delaySince">Time since it came, in 1/65536 s.</param>
    public ReportBlock TakeReport(uint lastSenderReport, uint delaySince)
    {
        var expected = ExtendedHighest - _base + 1;
        var expectedInterval = expected - _expectedPrior;
        var lostInterval = (long)expectedInterval - (_received - _receivedPrior);
        _expectedPrior = expected;
        _receivedPrior = _received;
        var fraction = expectedInterval == 0 || lostInterval <= 0 ? 0 : Math.Min(255, (lostInterval << 8) / expectedInterval);
        return new ReportBlock(Ssrc, (byte)fraction, (int)(expected - _received), ExtendedHighest, (uint)JitterUnits, lastSenderReport, delaySince);
    }

    // Another codec: timestamps of two clocks cannot be compared (RFC 7160 section 4.2).
    private void ChangeClock(int clockRateHz)
    {
        JitterUnits = _clockRateHz == 0 ? 0 : JitterUnits * clockRateHz / _clockRateHz;
        _clockRateHz = clockRateHz;
        _hasTransit = false;
    }

    private void Restart(ushort sequenceNumber)
    {
        _started = true;
        _base = sequenceNumber;
        _highest = sequenceNumber;
        _cycles = 0;
        _received = 0;
        _expectedPrior = 0;
        _receivedPrior = 0;
    }
}
