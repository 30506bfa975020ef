namespace Telephony.Audio;

/// <summary>The ringing that a caller hears before the answer: 425 Hz, one second on, four off (ETSI ES 201 970 annex; ITU-T E.180).</summary>
/// <remarks>One per call; read by the media thread, allocates nothing.</remarks>
public sealed class RingbackTone : IPcmSource
{
    private const int ToneHz = 425;
    private const int OnMs = 1_000;
    private const int PeriodMs = 5_000;
    private const int FadeMs = 5;              // no click at its ends
    private const double Amplitude = 4_125;    // -18 dBov: pleasant beside speech

    private int _sample;

    /// <inheritdoc/>
    public int SampleRateHz => 24_000;

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        for (var i = 0; i < frame.Length; i++)
        {
            frame[i] = At(_sample);
            _sample = (_sample + 1) % (PeriodMs * SampleRateHz / 1_000);
        }
        return frame.Length;
    }

    private short At(int sample)
    {
        var ms = sample * 1_000.0 / SampleRateHz;
        var level = Math.Clamp(Math.Min(ms, OnMs - ms) / FadeMs, 0, 1);
        return level == 0 ? (short)0 : (short)(Amplitude * level * Math.Sin(2 * Math.PI * ToneHz * sample / SampleRateHz));
    }
}
