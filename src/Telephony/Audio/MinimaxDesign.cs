namespace Telephony.Audio;

/// <summary>Designs the equal-ripple low-pass filters behind <see cref="PolyphaseFilter"/>, at first use: 5 to 20 ms in cold code, so hosts build one resampler per pair at start.</summary>
/// <remarks>
/// Least squares on a frequency grid, solved again with more weight where the error's envelope is high (Lawson's iteration), which tends to
/// the minimax filter of Parks and McClellan: at the same length a third less transition band than a Kaiser window. The amplitude of 2K+1
/// symmetric taps is a sum of cosines, so the normal equations need only the 2K+1 sums of weight times cos(n w), all by recurrence.
/// </remarks>
internal static class MinimaxDesign
{
    private const int GridPointsPerTap = 12;
    private const int Rounds = 6;

    // Width of a ripple lobe in grid points, either side: the envelope must not see the zeros between lobes.
    private const int EnvelopeRadius = GridPointsPerTap + 2;
    private const double WeightExponent = 1.5;

    private readonly record struct GridPoint(double Omega, double Target, double Tolerance);

    /// <summary>Impulse response of 2 * <paramref name="halfTaps"/> + 1 taps, symmetric, unity gain at 0 Hz within the tolerance.</summary>
    /// <param name="halfTaps">Taps on either side of the middle one; the delay in samples.</param>
    /// <param name="passEdge">End of the pass band as a fraction of the sample rate.</param>
    /// <param name="stopEdge">Start of the stop band as a fraction of the sample rate.</param>
    /// <param name="passTolerance">Relative weight of the bands: amplitude error wanted in the pass band.</param>
    /// <param name="stopTolerance">Amplitude wanted in the stop band.</param>
    public static double[] LowPass(int halfTaps, double passEdge, double stopEdge, double passTolerance, double stopTolerance)
    {
        var passPoints = (int)(GridPointsPerTap * halfTaps * passEdge / (passEdge + 0.5 - stopEdge));
        var grid = new GridPoint[GridPointsPerTap * halfTaps];
        for (var i = 0; i < passPoints; i++)
            grid[i] = new(2 * Math.PI * passEdge * i / (passPoints - 1), 1, passTolerance);
        for (var i = passPoints; i < grid.Length; i++)
            grid[i] = new(2 * Math.PI * (stopEdge + (0.5 - stopEdge) * (i - passPoints) / (grid.Length - 1 - passPoints)), 0, stopTolerance);

        var weights = new double[grid.Length];
        Array.Fill(weights, 1);
        var cosines = LeastSquares(grid, weights, halfTaps);
        for (var round = 1; round < Rounds; round++)
        {
            Reweight(grid, weights, cosines, passPoints);
            cosines = LeastSquares(grid, weights, halfTaps);
        }
        return ToImpulse(cosines);
    }

    private static double[] LeastSquares(GridPoint[] grid, double[] weights, int halfTaps)
    {
        var moments = new double[2 * halfTaps + 1];
        var right = new double[halfTaps + 1];
        for (var g = 0; g < grid.Length; g++)
        {
            var (omega, target, tolerance) = grid[g];
            var weight = weights[g] / (tolerance * tolerance);
            double cosine = 1, next = Math.Cos(omega), twice = 2 * next;
            for (var n = 0; n < moments.Length; n++)
            {
                moments[n] += weight * cosine;
                if (n < right.Length)
                    right[n] += weight * target * cosine;
                (cosine, next) = (next, twice * next - cosine);
            }
        }

        var matrix = new double[halfTaps + 1, halfTaps + 1];
        for (var i = 0; i <= halfTaps; i++)
        {
            for (var j = 0; j <= i; j++)
                matrix[i, j] = (moments[i - j] + moments[i + j]) / 2;
        }
        SolveCholesky(matrix, right);
        return right;
    }

    private static void Reweight(GridPoint[] grid, double[] weights, double[] cosines, int passPoints)
    {
        var errors = new double[grid.Length];
        for (var g = 0; g < grid.Length; g++)
            errors[g] = Math.Abs(Amplitude(cosines, grid[g].Omega) - grid[g].Target) / grid[g].Tolerance;

        double sum = 0, worst = errors.Max();
        for (var g = 0; g < grid.Length; g++)
        {
            var first = Math.Max(g < passPoints ? 0 : passPoints, g - EnvelopeRadius);
            var last = Math.Min(g < passPoints ? passPoints - 1 : grid.Length - 1, g + EnvelopeRadius);
            var envelope = errors.AsSpan(first, last - first + 1);
            weights[g] *= Math.Pow(Max(envelope) / worst, WeightExponent);
            sum += weights[g];
        }
        for (var g = 0; g < grid.Length; g++)
            weights[g] = weights[g] * grid.Length / sum + 1e-9;   // never 0: a point without weight could not come back
    }

    private static double Max(ReadOnlySpan<double> values)
    {
        double max = 0;
        foreach (var value in values)
            max = Math.Max(max, value);
        return max;
    }

    private static double Amplitude(double[] cosines, double omega)
    {
        double sum = 0, cosine = 1, next = Math.Cos(omega), twice = 2 * next;
        foreach (var factor in cosines)
        {
            sum += factor * cosine;
            (cosine, next) = (next, twice * next - cosine);
        }
        return sum;
    }

    // Lower triangle in, factor left in its place, solution in the right-hand side's.
    private static void SolveCholesky(double[,] a, double[] b)
    {
        for (var j = 0; j < b.Length; j++)
        {
            for (var i = j; i < b.Length; i++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++)
                    sum -= a[i, k] * a[j, k];
                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }
        }
        for (var i = 0; i < b.Length; i++)
        {
            for (var k = 0; k < i; k++)
                b[i] -= a[i, k] * b[k];
            b[i] /= a[i, i];
        }
        for (var i = b.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < b.Length; k++)
                b[i] -= a[k, i] * b[k];
            b[i] /= a[i, i];
        }
    }

    private static double[] ToImpulse(double[] cosines)
    {
        var middle = cosines.Length - 1;
        var impulse = new double[2 * middle + 1];
        impulse[middle] = cosines[0];
        for (var k = 1; k <= middle; k++)
            impulse[middle - k] = impulse[middle + k] = cosines[k] / 2;
        return impulse;
    }
}
