using AudioMeasures;

namespace Benchmarks.Sound;

/// <summary>What is heard where sound ends, over many places: steps and bursts against the voice's own.</summary>
internal sealed class EdgeFigures(int rateHz)
{
    // What the rounding of a filter leaves.
    private const double LeastBurstDb = 0.1;

    private const double LeastBandDb = 1;

    private int _places;
    private int _bursts;
    private int _bands;

    /// <summary>Steepest step, in dB.</summary>
    public double WorstStep { get; private set; } = double.MinValue;

    /// <summary>Loudest burst above 3.5 kHz, in dB.</summary>
    public double WorstBurst { get; private set; }

    /// <summary>Loudest burst in the worst of four bands, in dB.</summary>
    public double WorstBand { get; private set; }

    /// <summary>Places that have a burst above 3.5 kHz.</summary>
    public double BurstPercent => 100.0 * _bursts / _places;

    /// <summary>Places that are more than 1 dB louder in any band.</summary>
    public double BandPercent => 100.0 * _bands / _places;

    /// <summary>One more place.</summary>
    public void Add(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int at)
    {
        var (burst, band) = (ClickIndex.BurstDb(clean, heard, rateHz, at), ClickIndex.WorstBandDb(clean, heard, rateHz, at));
        WorstStep = Math.Max(WorstStep, ClickIndex.Db(clean, heard, rateHz, at));
        (WorstBurst, WorstBand) = (Math.Max(WorstBurst, burst), Math.Max(WorstBand, band));
        _places++;
        _bursts += burst > LeastBurstDb ? 1 : 0;
        _bands += band > LeastBandDb ? 1 : 0;
    }
}
