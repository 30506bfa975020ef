namespace Telephony.Codecs;

/// <summary>The quadrature mirror filter of G.722: splits 16 kHz into two bands at 8 kHz, and joins them.</summary>
internal static class G722Mirror
{
    /// <summary>Samples of the past under the filter when the next pair comes.</summary>
    public const int Past = Taps - 2;

    private const int Taps = 24;

    /// <summary>Both polyphase halves over the 24 samples from the start of the window, the oldest first.</summary>
    /// <returns>The sum over the samples at even places, and that over the odd ones, in units of 2^-13.</returns>
    public static (int Even, int Odd) Filter(ReadOnlySpan<int> window)
    {
        var taps = window[..Taps];
        var coefficients = G722Tables.MirrorFilter;
        var (even, odd) = (0, 0);
        for (var i = 0; i < Taps / 2; i++)
        {
            even += taps[2 * i] * coefficients[i];
            odd += taps[2 * i + 1] * coefficients[Taps / 2 - 1 - i];
        }
        return (even, odd);
    }
}
