namespace Telephony.Codecs;

/// <summary>One band of G.722: the backward-adaptive predictor and quantizer scale that encoder and decoder keep in step (blocks 3 and 4).</summary>
/// <remarks>Two per coder, used by its thread. Allocates only when built. Integer arithmetic as in the recommendation, bit for bit.</remarks>
/// <param name="initialScale">Scale factor at the start: 32 in the lower band, 8 in the higher.</param>
/// <param name="scaleShift">Places by which the antilogarithm is shifted at a logarithm of zero: 8 in the lower band, 10 in the higher.</param>
/// <param name="maxLogScale">Upper limit of the logarithmic scale factor: 18432 and 22528.</param>
internal sealed class G722Band(int initialScale, int scaleShift, int maxLogScale)
{
    private const int Zeros = 6;

    // Behind a gap: shares by least squares over real voices, the rest is what follows. A predictor that is not quite trusted errs less where it is wrong.
    private const double ScaleBefore = 0.2;
    private const double ScaleCoded = 0.15;
    private const double PredictorBefore = 0.45;
    private const double PredictorCoded = 0.15;
    private const double PredictorTrust = 0.95;

    // Index 0 is the present value, as in the recommendation's figures; b[0] is not used.
    private readonly int[] _differences = new int[Zeros + 1];
    private readonly int[] _zeroCoefficients = new int[Zeros + 1];
    private int _pole1;
    private int _pole2;
    private int _reconstructed1;
    private int _reconstructed2;
    private int _partial1;
    private int _partial2;
    private int _zeroPrediction;
    private int _logScale;

    /// <summary>What the next sample of the band is predicted to be.</summary>
    public int Prediction { get; private set; }

    /// <summary>Linear scale factor of the quantizer.</summary>
    public int Scale { get; private set; } = initialScale;

    /// <summary>Takes the quantized difference between the sample and its prediction: adapts the scale and predicts the next sample.</summary>
    /// <param name="difference">Output of the inverse quantizer on which both ends adapt.</param>
    /// <param name="scaleStep">What the code adds to the logarithmic scale factor.</param>
    public void Adapt(int difference, int scaleStep)
    {
        AdaptScale(scaleStep);
        var reconstructed = Saturate(Prediction + difference);
        var partial = Saturate(_zeroPrediction + difference);
        AdaptPoles(partial);
        AdaptZeros(difference);
        (_partial2, _partial1) = (_partial1, partial);
        (_reconstructed2, _reconstructed1) = (_reconstructed1, reconstructed);
        Predict();
    }

    /// <summary>Goes on from where another one is.</summary>
    public void CopyFrom(G722Band other)
    {
        other._differences.CopyTo(_differences, 0);
        other._zeroCoefficients.CopyTo(_zeroCoefficients, 0);
        (_pole1, _pole2) = (other._pole1, other._pole2);
        (_reconstructed1, _reconstructed2) = (other._reconstructed1, other._reconstructed2);
        (_partial1, _partial2) = (other._partial1, other._partial2);
        (_zeroPrediction, _logScale) = (other._zeroPrediction, other._logScale);
        (Prediction, Scale) = (other.Prediction, other.Scale);
    }

    /// <summary>Takes scale and predictor from among three guesses at a gap's end; the signal that it predicts from stays its own.</summary>
    /// <param name="before">Before the gap.</param>
    /// <param name="coded">After what was made up has been coded again; may be this one.</param>
    /// <param name="following">After what follows the gap.</param>
    public void TakeAmong(G722Band before, G722Band coded, G722Band following)
    {
        for (var i = 1; i <= Zeros; i++)
            _zeroCoefficients[i] = Predictor(before._zeroCoefficients[i], coded._zeroCoefficients[i], following._zeroCoefficients[i]);
        _pole2 = Predictor(before._pole2, coded._pole2, following._pole2);
        _pole1 = Predictor(before._pole1, coded._pole1, following._pole1);
        _logScale = (int)Among(before._logScale, coded._logScale, following._logScale, ScaleBefore, ScaleCoded);
        SetScale();
        Predict();
    }

    /// <summary>Limits to 16 bits.</summary>
    public static int Saturate(int value) => Math.Clamp(value, short.MinValue, short.MaxValue);

    // LOGSCL, SCALEL; LOGSCH, SCALEH.
    private void AdaptScale(int step)
    {
        _logScale = Math.Clamp(((_logScale * 127) >> 7) + step, 0, maxLogScale);
        SetScale();
    }

    private void SetScale()
    {
        var shift = scaleShift - (_logScale >> 11);
        var mantissa = (int)G722Tables.Antilogarithm[(_logScale >> 6) & 31];
        Scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
    }

    // Between stable filters lie stable ones.
    private static int Predictor(int before, int coded, int following) => (int)(PredictorTrust * Among(before, coded, following, PredictorBefore, PredictorCoded));

    private static double Among(int before, int coded, int following, double beforeShare, double codedShare) =>
        following + beforeShare * (before - following) + codedShare * (coded - following);

    // UPPOL2, UPPOL1: the second coefficient is limited to 0.75, the first so that the filter stays stable.
    private void AdaptPoles(int partial)
    {
        var isSameSign1 = partial < 0 == _partial1 < 0;
        var isSameSign2 = partial < 0 == _partial2 < 0;
        var slope = Saturate(_pole1 << 2);
        var push = isSameSign1 ? Math.Min(-slope, short.MaxValue) : slope;
        var pole2 = Math.Clamp((isSameSign2 ? 128 : -128) + (push >> 7) + ((_pole2 * 32512) >> 15), -12288, 12288);
        var limit = Saturate(15360 - pole2);
        _pole1 = Math.Clamp(Saturate((isSameSign1 ? 192 : -192) + ((_pole1 * 32640) >> 15)), -limit, limit);
        _pole2 = pole2;
    }

    // UPZERO and the delay line (DELAYA).
    private void AdaptZeros(int difference)
    {
        var step = difference == 0 ? 0 : 128;
        var (differences, coefficients) = (_differences, _zeroCoefficients);
        for (var i = Zeros; i > 0; i--)
        {
            var older = i == 1 ? difference : differences[i - 1];
            var push = differences[i] < 0 == difference < 0 ? step : -step;
            coefficients[i] = Saturate(push + ((coefficients[i] * 32640) >> 15));
            differences[i] = older;
        }
    }

    // FILTEP, FILTEZ, PREDIC.
    private void Predict()
    {
        var poles = Saturate(((_pole1 * Saturate(_reconstructed1 * 2)) >> 15) + ((_pole2 * Saturate(_reconstructed2 * 2)) >> 15));
        var zeros = 0;
        for (var i = Zeros; i > 0; i--)
            zeros += (_zeroCoefficients[i] * Saturate(_differences[i] * 2)) >> 15;
        _zeroPrediction = Saturate(zeros);
        Prediction = Saturate(poles + _zeroPrediction);
    }
}
