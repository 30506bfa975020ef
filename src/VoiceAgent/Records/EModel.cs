namespace VoiceAgent.Records;

/// <summary>What a listener would say of a line with that delay and loss: the E-model of ITU-T G.107, cut down to what a VoIP line changes.</summary>
internal static class EModel
{
    // G.107 table 3: all other parameters at their defaults.
    private const double BestRating = 93.2;

    /// <summary>Robustness of G.711 against loss with concealment as in its Appendix I (G.113 Appendix I).</summary>
    public const double G711ConcealedRobustness = 25.1;

    /// <summary>Robustness of G.711 against loss without concealment.</summary>
    public const double G711SilencedRobustness = 4.3;

    /// <summary>The transmission rating R, 0 to 93.2.</summary>
    /// <param name="delayMs">One way, mouth to ear.</param>
    /// <param name="lossPercent">Packets lost, 0 to 100.</param>
    /// <param name="robustness">Bpl of the codec and its concealment.</param>
    /// <param name="impairment">Ie of the codec; 0 for G.711.</param>
    /// <param name="burstRatio">1 for independent losses, more for bursts.</param>
    public static double Rating(double delayMs, double lossPercent, double robustness, double impairment = 0, double burstRatio = 1)
    {
        var delayed = 0.024 * delayMs + 0.11 * Math.Max(0, delayMs - 177.3);
        var damaged = impairment + (95 - impairment) * lossPercent / (lossPercent / burstRatio + robustness);
        return Math.Clamp(BestRating - delayed - damaged, 0, 100);
    }

    /// <summary>Mean opinion score of a rating, 1 to 4.5 (G.107 annex B).</summary>
    public static double MeanOpinion(double rating) =>
        rating <= 0 ? 1 : rating >= 100 ? 4.5 : 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
}
