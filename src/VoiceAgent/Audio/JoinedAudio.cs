using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>One direction between two joined calls: the receive path of one leg -> the send path of the other.</summary>
/// <remarks>
/// Both legs are the media clock's thread. A leg hands its audio on as it comes, so a delay is kept here that grows when it was too short; what is missing is concealed. The
/// phones' clocks differ: where the delay creeps away, frames are made of one sample more or less, which nobody hears; what piles up at once is skipped, so that neither
/// side lags behind. Allocates only when built.
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

    // What waits at the least over so long tells clocks that differ from jitter. It falls and rises by whole packets: it may stay one of 20 ms below the delay.
    private const int LookSamples = 2 * RateHz;
    private const int Creep = 20 * SamplesPerMs;
    private const int Ahead = 2 * SamplesPerMs;   // steered for below the delay, so that noticing a step late does not lengthen it

    // Longest gap that is filled: the concealment has faded by then.
    private const int LongestConcealed = 100 * SamplesPerMs;

    private readonly short[] _ring = new short[RateHz];
    private readonly short[] _skippedTo = new short[60 * SamplesPerMs];
    private readonly WaveformConcealment _concealment = new(RateHz);
    private long _written;
    private long _read;
    private int _delay = FirstDelay;
    private bool _isFilling = true;
    private int _concealed = LongestConcealed;   // nothing has been heard yet
    private int _least = int.MaxValue;
    private int _looked;
    private int _correction;   // samples that are still to be drawn out of the sound or, below 0, put into it: one a frame

    /// <inheritdoc cref="IPcmSink.SampleRateHz"/>
    public int SampleRateHz => RateHz;

    /// <summary>Samples that were skipped because they came too late.</summary>
    public long Skipped { get; private set; }

    /// <summary>Samples that were drawn out of the sound or, below 0, put into it, because the clocks differ.</summary>
    public long Corrected { get; private set; }

    private int Waiting => (int)(_written - _read);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm)
    {
        var kept = pcm[Math.Max(0, pcm.Length - _ring.Length)..];
        var start = (int)((_written + pcm.Length - kept.Length) % _ring.Length);
        var first = Math.Min(kept.Length, _ring.Length - start);
        kept[..first].CopyTo(_ring.AsSpan(start));
        kept[first..].CopyTo(_ring);
        _written += pcm.Length;
        // What was written over is not there to be read.
        var lost = Math.Max(0, Waiting - _ring.Length);
        _read += lost;
        Skipped += lost;
    }

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        if (_isFilling && Waiting < frame.Length + _delay)
            return Conceal(frame);
        var count = Take(frame);
        _isFilling = count < frame.Length;
        if (_isFilling)
            LengthenDelay();
        else
            Follow(frame);
        _concealment.Accept(frame[..count]);
        _concealed = 0;
        if (_isFilling)
            Conceal(frame[count..]);
        return frame.Length;
    }

    private int Conceal(Span<short> frame)
    {
        if (_concealed >= LongestConcealed)
        {
            frame.Clear();
            return 0;
        }
        _concealment.Conceal(frame);
        _concealed += frame.Length;
        return frame.Length;
    }

    private void LengthenDelay()
    {
        _delay = Math.Min(_delay + DelayStep, LongestDelay);
        (_least, _looked, _correction) = (int.MaxValue, 0, 0);
    }

    // A whole frame leads over what is skipped.
    private int Take(Span<short> frame)
    {
        var excess = Waiting - frame.Length - _delay;
        var count = CopyOut(_read, frame[..Math.Min(frame.Length, Waiting)]);
        if (excess > Slack)
        {
            _read += excess;
            Skipped += excess;
            var length = Math.Min(frame.Length, _skippedTo.Length);
            CopyOut(_read + frame.Length - length, _skippedTo.AsSpan(0, length));
            MoveOver(frame[^length..], _skippedTo);
        }
        _read += count;
        return count;
    }

    private int CopyOut(long position, Span<short> samples)
    {
        var start = (int)(position % _ring.Length);
        var first = Math.Min(samples.Length, _ring.Length - start);
        _ring.AsSpan(start, first).CopyTo(samples);
        _ring.AsSpan(0, samples.Length - first).CopyTo(samples[first..]);
        return samples.Length;
    }

    private void Follow(Span<short> frame)
    {
        _least = Math.Min(_least, Waiting);
        _looked += frame.Length;
        if (_looked >= LookSamples)
        {
            _correction = _least - Math.Clamp(_least, _delay - Creep, _delay - Ahead);
            (_least, _looked) = (int.MaxValue, 0);
        }
        if (_correction == 0 || frame.Length > _skippedTo.Length || (_correction > 0 && Waiting == 0))
            return;
        var step = Math.Sign(_correction);
        _correction -= step;
        _read += step;
        Corrected += step;
        CopyOut(_read - frame.Length, _skippedTo.AsSpan(0, frame.Length));
        MoveOver(frame, _skippedTo);
    }

    private static void MoveOver(Span<short> from, ReadOnlySpan<short> to)
    {
        for (var i = 0; i < from.Length; i++)
            from[i] = (short)(from[i] + (to[i] - from[i]) * (i + 1) / from.Length);
    }
}
