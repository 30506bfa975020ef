using Telephony.Audio;

namespace Simulation.Phone;

/// <summary>What the caller says: queued speech turned into frames of the send schedule, silence where there is none, and the record of it.</summary>
/// <remarks>Speech is queued from any thread; frames are taken by the phone clock's thread.</remarks>
internal sealed class SaidAudio(TimeSpan max)
{
    private readonly Lock _gate = new();
    private readonly Queue<short[]> _queue = new();
    private readonly int _maxSamples = (int)(max.TotalSeconds * HeardAudio.SampleRateHz);
    private readonly List<short> _record = [];
    private int _offset;

    /// <summary>Whether speech is waiting or being sent.</summary>
    public bool IsSpeaking { get { lock (_gate) return _queue.Count > 0; } }

    /// <summary>Queues speech.</summary>
    public void Enqueue(WavFile speech)
    {
        var samples = speech.ToMono(HeardAudio.SampleRateHz);
        if (samples.Length == 0)
            return;
        lock (_gate)
            _queue.Enqueue(samples);
    }

    /// <summary>Throws away what has not been said yet.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _queue.Clear();
            _offset = 0;
        }
    }

    /// <summary>Fills the frame with speech, then silence.</summary>
    /// <returns>Samples of speech in it.</returns>
    public int Read(Span<short> frame)
    {
        lock (_gate)
        {
            var filled = 0;
            while (filled < frame.Length && _queue.TryPeek(out var head))
            {
                var count = Math.Min(frame.Length - filled, head.Length - _offset);
                head.AsSpan(_offset, count).CopyTo(frame[filled..]);
                filled += count;
                _offset += count;
                if (_offset == head.Length)
                {
                    _queue.Dequeue();
                    _offset = 0;
                }
            }
            frame[filled..].Clear();
            return filled;
        }
    }

    /// <summary>Notes what stood on the wire for one packet time.</summary>
    public void Record(ReadOnlySpan<short> frame)
    {
        lock (_gate)
        {
            if (_record.Count + frame.Length <= _maxSamples)
                _record.AddRange(frame);
        }
    }

    /// <summary>A copy of what was sent since the media began, 8 kHz.</summary>
    public short[] ToArray()
    {
        lock (_gate)
            return [.. _record];
    }
}
