using System.Collections.Concurrent;
using Telephony.Audio;
using Telephony.Media;

namespace Telephony.Tests.Media;

/// <summary>Keeps what the caller said.</summary>
internal sealed class RecordingSink(int sampleRateHz = 16_000) : IPcmSink
{
    private readonly Lock _gate = new();
    private readonly List<short> _samples = [];

    public int SampleRateHz => sampleRateHz;

    public int Count { get { lock (_gate) return _samples.Count; } }

    public double Ms => Count * 1000.0 / sampleRateHz;

    public short[] Samples { get { lock (_gate) return [.. _samples]; } }

    public void Write(ReadOnlySpan<short> pcm)
    {
        lock (_gate)
            _samples.AddRange(pcm);
    }
}

/// <summary>Gives queued audio, then idles.</summary>
internal sealed class QueueSource(int sampleRateHz = 24_000) : IPcmSource
{
    private readonly ConcurrentQueue<short> _samples = new();

    public int SampleRateHz => sampleRateHz;

    public int Waiting => _samples.Count;

    public int Reads { get; private set; }

    public void Add(IEnumerable<short> pcm)
    {
        foreach (var sample in pcm)
            _samples.Enqueue(sample);
    }

    public int Read(Span<short> frame)
    {
        Reads++;
        frame.Clear();
        var count = 0;
        while (count < frame.Length && _samples.TryDequeue(out var sample))
            frame[count++] = sample;
        return count;
    }
}

/// <summary>Counts what a call is told.</summary>
internal sealed class RecordingListener : IMediaListener
{
    public int FirstPackets;
    public int Timeouts;
    public readonly ConcurrentQueue<(char Digit, int DurationMs)> Digits = new();
    public readonly ConcurrentQueue<Exception> Faults = new();

    public void OnFirstPacket() => Interlocked.Increment(ref FirstPackets);

    public void OnDigit(char digit, int durationMs) => Digits.Enqueue((digit, durationMs));

    public readonly ConcurrentQueue<char> Tones = new();

    public void OnTone(char digit, int durationMs) => Tones.Enqueue(digit);

    public readonly ConcurrentQueue<(string Sent, string Unsent)> SentDigits = new();

    public void OnDigitsSent(string sent, string unsent) => SentDigits.Enqueue((sent, unsent));

    public void OnTimeout() => Interlocked.Increment(ref Timeouts);

    public void OnFailed(Exception fault) => Faults.Enqueue(fault);
}
