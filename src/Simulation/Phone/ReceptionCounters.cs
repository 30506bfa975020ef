using System.Diagnostics;

namespace Simulation.Phone;

/// <summary>Counts what is wrong with one RTP stream as it arrives: loss, duplicates, order, timestamps, jitter.</summary>
/// <remarks>Owned by the phone clock's thread. Allocates only when built.</remarks>
internal sealed class ReceptionCounters
{
    private const int SeenWindow = 1024;   // sequence numbers remembered for telling a late packet from a doubled one

    private readonly long[] _seen = new long[SeenWindow];
    private uint _ssrc;
    private long _first;
    private long _highest = -1;
    private uint _highestTimestamp;
    private int _highestSamples;
    private double _transit;
    private int _lostBefore;
    private int _uniqueHere;

    public int Packets { get; private set; }
    public int Duplicates { get; private set; }
    public int OutOfOrder { get; private set; }
    public int TimestampSteps { get; private set; }
    public int Pauses { get; private set; }
    public int SsrcChanges { get; private set; }
    public double JitterMs { get; private set; }
    public int Lost => _lostBefore + LostHere;

    private int LostHere => _highest < 0 ? 0 : (int)(_highest - _first + 1) - _uniqueHere;

    /// <summary>Counts one packet; false when it is a duplicate.</summary>
    public bool Add(in RtpHeader header, int samples, long arrivalTimestamp)
    {
        if (_highest < 0 || header.Ssrc != _ssrc)
            Begin(header);
        var extended = _highest + (short)(header.SequenceNumber - (ushort)_highest);
        var slot = (int)(extended % SeenWindow);
        if (_seen[slot] == extended)
        {
            Duplicates++;
            return false;
        }
        _seen[slot] = extended;
        Packets++;
        _uniqueHere++;
        AddJitter(header.Timestamp, arrivalTimestamp);
        if (extended < _highest)
        {
            OutOfOrder++;
            _first = Math.Min(_first, extended);
            return true;
        }
        if (extended == _highest + 1 && _highestSamples > 0)
            CountStep(header, (int)(header.Timestamp - _highestTimestamp) - _highestSamples);
        (_highest, _highestTimestamp, _highestSamples) = (extended, header.Timestamp, samples);
        return true;
    }

    // A sender that has let time pass without packets marks the first one after it as the start of a talk spurt (RFC 3551 section 4.1).
    private void CountStep(in RtpHeader header, int skippedSamples)
    {
        TimestampSteps += skippedSamples != 0 ? 1 : 0;
        Pauses += skippedSamples > 0 && header.Marker ? 1 : 0;
    }

    private void Begin(in RtpHeader header)
    {
        if (_highest >= 0)
        {
            SsrcChanges++;
            _lostBefore += LostHere;
        }
        _uniqueHere = 0;
        _ssrc = header.Ssrc;
        _first = _highest = 0x1_0000_0000 + header.SequenceNumber;   // far enough up that reordering never makes it negative
        (_highestTimestamp, _highestSamples) = (header.Timestamp, 0);
        Array.Clear(_seen);
        _transit = double.NaN;
    }

    private void AddJitter(uint timestamp, long arrivalTimestamp)
    {
        var arrivalMs = arrivalTimestamp * 1000.0 / Stopwatch.Frequency;
        var transit = arrivalMs - timestamp / 8.0;
        var difference = Math.Abs(transit - _transit);
        _transit = transit;
        if (difference < 10_000)   // not the first packet, and not the wrap of the timestamp
            JitterMs += (difference - JitterMs) / 16;
    }
}
