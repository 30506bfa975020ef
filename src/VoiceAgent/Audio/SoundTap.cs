using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>Where others listen to a call: the caller as they are heard and the agent as it is sent, side by side on one time line; media thread -> <see cref="SoundReader"/>s.</summary>
/// <remarks>Costs one look at a field per frame while nobody listens, and no memory. Readers come and go at any time, on any thread.</remarks>
internal sealed class SoundTap(TimeProvider time)
{
    /// <summary>Rate of what readers get, in Hz: that of wideband codecs, and no loss for narrowband ones.</summary>
    public const int RateHz = 16_000;

    private readonly Lock _gate = new();
    private SoundRing? _ring;
    private int _readers;

    /// <summary>Lets somebody listen from now on, until the reader is disposed; any thread.</summary>
    public SoundReader Open()
    {
        lock (_gate)
        {
            var ring = _ring ?? new SoundRing(time);
            _readers++;
            Volatile.Write(ref _ring, ring);
            return new SoundReader(ring, Close);
        }
    }

    /// <summary>The same sink, what it is given heard by readers too: the caller's side.</summary>
    /// <exception cref="ArgumentException">It wants another rate than <see cref="RateHz"/>.</exception>
    public IPcmSink Heard(IPcmSink sink) =>
        sink.SampleRateHz == RateHz ? new HeardSink(sink, this) : throw new ArgumentException($"Callers are heard at {RateHz} Hz.", nameof(sink));

    /// <summary>The same source, what it gives heard by readers too: the agent's side.</summary>
    /// <exception cref="ArgumentException">Its rate is neither <see cref="RateHz"/> nor the agent's.</exception>
    public IPcmSource Sent(IPcmSource source) =>
        source.SampleRateHz is RateHz or PlayoutBuffer.RateHz ? new SentSource(source, this) : throw new ArgumentException("No such rate.", nameof(source));

    // The next one to listen gets a ring of its own: nothing of what was said meanwhile.
    private void Close()
    {
        lock (_gate)
        {
            if (--_readers == 0)
                Volatile.Write(ref _ring, null);
        }
    }

    private sealed class HeardSink(IPcmSink sink, SoundTap tap) : IPcmSink
    {
        public int SampleRateHz => RateHz;

        public void Write(ReadOnlySpan<short> pcm)
        {
            Volatile.Read(ref tap._ring)?.Heard(pcm);
            sink.Write(pcm);
        }
    }

    private sealed class SentSource(IPcmSource source, SoundTap tap) : IPcmSource
    {
        public int SampleRateHz { get; } = source.SampleRateHz;

        public int Read(Span<short> frame)
        {
            var filled = source.Read(frame);
            Volatile.Read(ref tap._ring)?.Sent(frame, SampleRateHz);
            return filled;
        }
    }
}
