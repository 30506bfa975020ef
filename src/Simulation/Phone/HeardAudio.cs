using System.Diagnostics;

namespace Simulation.Phone;

/// <summary>What the caller heard: 8 kHz PCM in which every packet stands where its RTP timestamp puts it, and the packets themselves.</summary>
/// <remarks>Written by the phone clock's thread, readable from any; sample 0 is the moment <see cref="StartTimestamp"/>. Bounded.</remarks>
public sealed class HeardAudio
{
    /// <summary>Rate of all samples here, in Hz.</summary>
    public const int SampleRateHz = 8000;

    // A timestamp further from the clock than this is a new time line (a new stream under the old SSRC).
    private const int MaxDriftSamples = 2 * SampleRateHz;

    private readonly Lock _gate = new();
    private readonly List<HeardPacket> _packets = [];
    private readonly int _maxSamples;
    private short[] _samples = new short[30 * SampleRateHz];
    private int _length;
    private uint _ssrc;
    private uint _anchorTimestamp;
    private int _anchorIndex = -1;

    internal HeardAudio(TimeSpan max) => _maxSamples = (int)(max.TotalSeconds * SampleRateHz);

    /// <summary>Stopwatch timestamp of sample 0: the moment the caller's media began; 0 before that.</summary>
    public long StartTimestamp { get; private set; }

    /// <summary>Time from sample 0 to the end of the last packet.</summary>
    public TimeSpan Length { get { lock (_gate) return TimeSpan.FromSeconds((double)_length / SampleRateHz); } }

    /// <summary>A copy of all packets so far, in the order of arrival.</summary>
    public IReadOnlyList<HeardPacket> Packets { get { lock (_gate) return [.. _packets]; } }

    /// <summary>A copy of everything heard so far.</summary>
    public short[] ToArray()
    {
        lock (_gate)
            return _samples.AsSpan(0, _length).ToArray();
    }

    /// <summary>A copy of one stretch; shorter when it reaches beyond what was heard.</summary>
    public short[] Slice(TimeSpan from, TimeSpan length)
    {
        lock (_gate)
        {
            var start = Math.Clamp((int)(from.TotalSeconds * SampleRateHz), 0, _length);
            return _samples.AsSpan(start, Math.Clamp((int)(length.TotalSeconds * SampleRateHz), 0, _length - start)).ToArray();
        }
    }

    internal void Begin(long timestamp) => StartTimestamp = timestamp;

    /// <summary>Takes one packet's audio.</summary>
    /// <returns>Where it was placed, or -1 when the recording is full or the packet lies before its start.</returns>
    internal int Add(in RtpHeader header, int payloadBytes, ReadOnlySpan<short> pcm, double levelDbov, long arrivalTimestamp)
    {
        lock (_gate)
        {
            var index = pcm.Length == 0 ? -1 : Place(header, pcm, arrivalTimestamp);
            if (_packets.Count < _maxSamples / 80)   // never more than one packet per 10 ms
                _packets.Add(new HeardPacket(header.SequenceNumber, header.Timestamp, header.Marker, header.PayloadType, payloadBytes, arrivalTimestamp, index, levelDbov));
            return index;
        }
    }

    private int Place(in RtpHeader header, ReadOnlySpan<short> pcm, long arrivalTimestamp)
    {
        var arrivalIndex = (int)(Stopwatch.GetElapsedTime(StartTimestamp, arrivalTimestamp).TotalSeconds * SampleRateHz);
        var index = _anchorIndex + (int)(header.Timestamp - _anchorTimestamp);
        if (_anchorIndex < 0 || header.Ssrc != _ssrc || Math.Abs(index - arrivalIndex) > MaxDriftSamples)
        {
            (_ssrc, _anchorTimestamp, _anchorIndex) = (header.Ssrc, header.Timestamp, arrivalIndex);
            index = arrivalIndex;
        }
        if (index < 0 || index + pcm.Length > _maxSamples)
            return -1;
        if (index + pcm.Length > _samples.Length)
            Array.Resize(ref _samples, Math.Min(_maxSamples, Math.Max(2 * _samples.Length, index + pcm.Length)));
        pcm.CopyTo(_samples.AsSpan(index));
        _length = Math.Max(_length, index + pcm.Length);
        return index;
    }
}
