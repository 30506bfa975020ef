using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>One direction between two joined calls: the receive path of one leg -> the send path of the other.</summary>
/// <remarks>
/// Both legs are the media clock's thread. A leg hands its audio on as it comes, so a delay is kept here that grows when it was too short; what piles up beyond it is
/// skipped, so that neither side lags behind. Allocates only when built.
/// </remarks>
internal sealed class JoinedAudio : IPcmSink, IPcmSource
{
    /// <summary>What both legs are given: the rate of wideband codecs, and no loss for narrowband ones.</summary>
    public const int RateHz = 16_000;

    private const int SamplesPerMs = RateHz / 1_000;
    private const int FirstDelay = 40 * SamplesPerMs;
    private const int DelayStep = 20 * SamplesPerMs;
    private const int LongestDelay = 160 * SamplesPerMs;

    // Bursts are smoothed within this; more is audio that came late for good.
    private const int Slack = 80 * SamplesPerMs;

    private readonly short[] _ring = new short[RateHz];
    private long _written;
    private long _read;
    private int _delay = FirstDelay;
    private bool _isFilling = true;

    /// <inheritdoc cref="IPcmSink.SampleRateHz"/>
    public int SampleRateHz => RateHz;

    /// <summary>Samples that were skipped because they came too late.</summary>
    public long Skipped { get; private set; }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm)
    {
        pcm = pcm[Math.Max(0, pcm.Length - _ring.Length)..];
        var start = (int)(_written % _ring.Length);
        var first = Math.Min(pcm.Length, _ring.Length - start);
        pcm[..first].CopyTo(_ring.AsSpan(start));
        pcm[first..].CopyTo(_ring);
        _written += pcm.Length;
    }

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        var wanted = frame.Length + _delay;
        var waiting = (int)Math.Min(_written - _read, int.MaxValue);
        if (waiting > wanted + Slack)
        {
            Skipped += waiting - wanted;
            (_read, waiting) = (_written - wanted, wanted);
        }
        if (_isFilling && waiting < wanted)
        {
            frame.Clear();
            return 0;
        }
        _isFilling = waiting < frame.Length;
        if (_isFilling)
            _delay = Math.Min(_delay + DelayStep, LongestDelay);
        return Take(frame, Math.Min(waiting, frame.Length));
    }

    private int Take(Span<short> frame, int count)
    {
        var start = (int)(_read % _ring.Length);
        var first = Math.Min(count, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(frame);
        _ring.AsSpan(0, count - first).CopyTo(frame[first..]);
        frame[count..].Clear();
        _read += count;
        return count;
    }
}
