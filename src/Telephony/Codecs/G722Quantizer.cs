namespace Telephony.Codecs;

/// <summary>The adaptive quantizers of G.722's encoder (block 1 and 2): a sample of a band -> its code, on which the band adapts.</summary>
internal static class G722Quantizer
{
    /// <summary>Codes a sample of the lower band with 6 bits.</summary>
    public static int EncodeLow(G722Band band, int sample)
    {
        var difference = G722Band.Saturate(sample - band.Prediction);
        var interval = LowInterval(difference < 0 ? ~difference : difference, band.Scale);
        var code = (int)(difference < 0 ? G722Tables.LowNegativeCodes : G722Tables.LowPositiveCodes)[interval];
        band.Adapt((band.Scale * G722Tables.LowLevels4[code >> 2]) >> 15, G722Tables.LowScaleSteps[code >> 2]);
        return code;
    }

    /// <summary>Codes a sample of the higher band with 2 bits.</summary>
    public static int EncodeHigh(G722Band band, int sample)
    {
        var difference = G722Band.Saturate(sample - band.Prediction);
        var isLarge = (difference < 0 ? ~difference : difference) >= (564 * band.Scale) >> 12;
        var code = (difference, isLarge) switch
        {
            ( < 0, true) => 0,
            ( < 0, false) => 1,
            (_, true) => 2,
            _ => 3,
        };
        band.Adapt((band.Scale * G722Tables.HighLevels[code]) >> 15, G722Tables.HighScaleSteps[code]);
        return code;
    }

    // QUANTL: the decision levels rise, so that halving finds the first one above the magnitude.
    private static int LowInterval(int magnitude, int scale)
    {
        var decisions = G722Tables.LowDecisions;
        var (low, high) = (1, decisions.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (magnitude < (decisions[middle] * scale) >> 12)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
}
