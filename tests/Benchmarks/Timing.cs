using System.Diagnostics;

namespace Benchmarks;

/// <summary>Times short, synchronous work.</summary>
public static class Timing
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);   // tier-1 code is compiled in the background, after 100 ms without new code
    private const int Rounds = 31;
    private const double RoundSeconds = 0.003;

    /// <summary>Median over many rounds of the time that one call takes, in nanoseconds.</summary>
    public static double MedianNanoseconds(Action action)
    {
        var (calls, started) = (0, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started) < WarmUp; calls++)
            action();

        var perRound = Math.Max(1, (int)(calls * RoundSeconds / WarmUp.TotalSeconds));
        var rounds = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            started = Stopwatch.GetTimestamp();
            for (var call = 0; call < perRound; call++)
                action();
            rounds[round] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / perRound;
        }
        Array.Sort(rounds);
        return rounds[Rounds / 2];
    }
}
