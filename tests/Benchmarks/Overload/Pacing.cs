using System.Buffers.Binary;
using Benchmarks.Media;

namespace Benchmarks.Overload;

/// <summary>How late the packets of one stream come, against the best of them: their timestamps are the schedule.</summary>
/// <remarks>Written by the thread that receives; read when that has stopped or moved on.</remarks>
internal sealed class Pacing
{
    private const int ClockRate = 8_000;

    private readonly Lock _gate = new();
    private readonly List<double> _offsetsMs = [];
    private long _firstArrival;
    private uint _firstTimestamp;

    /// <summary>A packet came.</summary>
    public void Add(ReadOnlySpan<byte> packet, long arrival)
    {
        var timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        lock (_gate)
        {
            if (_offsetsMs.Count == 0)
                (_firstArrival, _firstTimestamp) = (arrival, timestamp);
            _offsetsMs.Add(Clock.Milliseconds(_firstArrival, arrival) - unchecked((int)(timestamp - _firstTimestamp)) * 1_000.0 / ClockRate);
        }
    }

    /// <summary>Adds how late each came since the last time, and begins anew.</summary>
    public void TakeTo(Samples samples)
    {
        lock (_gate)
        {
            var best = _offsetsMs.Count == 0 ? 0 : _offsetsMs.Min();
            _offsetsMs.ForEach(offset => samples.Add(offset - best));
            _offsetsMs.Clear();
        }
    }
}
