namespace VoiceAgent.Tests.TurnTaking;

/// <summary>A speaker-phone's room, sample by sample at 8 kHz: the direct sound and 30 ms of reflections that die away, of unit gain in all.</summary>
internal static class EchoRoom
{
    private const int Taps = 240;

    /// <summary>A room; the seed decides its reflections.</summary>
    public static Func<double, double> Create(int seed)
    {
        var response = Response(new Random(seed));
        var (past, at) = (new double[2 * Taps], 0);
        return sample =>
        {
            at = (at + Taps - 1) % Taps;
            past[at] = past[at + Taps] = sample;
            double sum = 0;
            for (var i = 0; i < Taps; i++)
                sum += response[i] * past[at + i];
            return sum;
        };
    }

    private static double[] Response(Random random)
    {
        var response = new double[Taps];
        response[3] = 1;
        for (var i = 8; i < Taps; i++)
            response[i] = 0.25 * (2 * random.NextDouble() - 1) * Math.Pow(10, -3.0 * i / Taps);
        var gain = Math.Sqrt(response.Sum(tap => tap * tap));
        return Array.ConvertAll(response, tap => tap / gain);
    }
}
