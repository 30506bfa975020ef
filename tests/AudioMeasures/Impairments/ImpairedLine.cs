namespace AudioMeasures.Impairments;

/// <summary>Decides what becomes of each packet of one direction; the same seed decides the same again.</summary>
/// <remarks>Not safe for several threads.</remarks>
public sealed class ImpairedLine(Impairment impairment, int seed)
{
    // The copy of a packet comes that much behind it.
    private const double CopyAfterMs = 1;

    private readonly Random _random = new(seed);
    private double _latestMs = double.NegativeInfinity;
    private int _lossesLeft;

    /// <summary>Packets that were lost.</summary>
    public int Lost { get; private set; }

    /// <summary>Packets that others were let past.</summary>
    public int Held { get; private set; }

    /// <summary>Packets that came twice.</summary>
    public int Doubled { get; private set; }

    /// <summary>When the next packet comes: no time when it is lost, two when it comes twice.</summary>
    /// <param name="sentMs">When it was sent; never before the one before it.</param>
    public double[] Arrivals(double sentMs)
    {
        // Everything is drawn for every packet: two settings with one seed differ by what is set only.
        var (loss, jitter, reorder, copy) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble(), _random.NextDouble());
        var inOrderMs = Math.Max(sentMs + impairment.DelayMs + jitter * impairment.JitterMs, _latestMs);
        if (IsLost(loss))
            return [];
        var arrivalMs = inOrderMs;
        if (reorder < impairment.Reorder)
        {
            arrivalMs += impairment.ReorderMs;
            Held++;
        }
        else
        {
            _latestMs = inOrderMs;
        }
        if (copy >= impairment.Duplicate)
            return [arrivalMs];
        Doubled++;
        return [arrivalMs, arrivalMs + CopyAfterMs];
    }

    private bool IsLost(double drawn)
    {
        if (_lossesLeft == 0 && drawn < BurstShare)
            _lossesLeft = impairment.BurstPackets;
        if (_lossesLeft == 0)
            return false;
        _lossesLeft--;
        Lost++;
        return true;
    }

    // How often a burst must begin so that the wanted share is lost: bursts take up packets at which none can begin.
    private double BurstShare => impairment.Loss / (impairment.BurstPackets * (1 - impairment.Loss) + impairment.Loss);
}
