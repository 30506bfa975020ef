namespace AudioMeasures.Impairments;

/// <summary>What a network does to packets.</summary>
public sealed record Impairment
{
    /// <summary>A perfect network.</summary>
    public static Impairment None { get; } = new();

    /// <summary>Share of packets that are lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>Packets that are lost together; 1 for single losses.</summary>
    public int BurstPackets { get; init; } = 1;

    /// <summary>Every packet is so late.</summary>
    public double DelayMs { get; init; }

    /// <summary>On top of it comes something between nothing and this, the same for none; packets keep their order.</summary>
    public double JitterMs { get; init; }

    /// <summary>Share of packets that others overtake, 0 to 1.</summary>
    public double Reorder { get; init; }

    /// <summary>How much later than in its place an overtaken packet comes.</summary>
    public double ReorderMs { get; init; } = 30;

    /// <summary>Share of packets that come twice, 0 to 1.</summary>
    public double Duplicate { get; init; }
}
