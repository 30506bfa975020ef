namespace Benchmarks.Media;

/// <summary>Figures of B1, B2, B3 and B5 in one scenario, all calls together.</summary>
internal sealed class TurnTimes
{
    /// <summary>Caller to Live.</summary>
    public Samples Up { get; } = new();

    /// <summary>Live to caller, the line idle before.</summary>
    public Samples Down { get; } = new();

    /// <summary>Both, of the same turn.</summary>
    public Samples Both { get; } = new();

    /// <summary><c>interrupted</c> to the last model sample on the wire.</summary>
    public Samples Stop { get; } = new();

    /// <summary>Turns taken.</summary>
    public int Turns { get; set; }

    /// <summary>Caller packets, first chunks and stops that never arrived; a turn has two, one and one.</summary>
    public int Missing => 4 * Turns - Up.Count - Down.Count - Stop.Count;

    /// <summary>The furthest that the phone's packets left behind their schedule; the agent gives a packet up that is 100 ms late.</summary>
    public double PhoneLatenessMs { get; set; }

    public void Add(TurnTimes other)
    {
        other.Up.CopyTo(Up);
        other.Down.CopyTo(Down);
        other.Both.CopyTo(Both);
        other.Stop.CopyTo(Stop);
        Turns += other.Turns;
        PhoneLatenessMs = Math.Max(PhoneLatenessMs, other.PhoneLatenessMs);
    }
}
