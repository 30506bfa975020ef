namespace Telephony.Rtp;

/// <summary>How long a gap in the sequence waits for its packet: follows the reordering that was really seen and the jitter, between two bounds.</summary>
/// <remarks>
/// A stream whose packets keep their order loses nothing by a short wait, however much they jitter: there a gap is a loss. So the lateness of
/// overtaken packets rules (with a quarter to spare, forgotten over some 20 s), and jitter only adds a floor for the first of them.
/// </remarks>
internal sealed class ReorderWait(long minNs, long maxNs)
{
    private const double Spare = 1.25;
    private const double JitterFactor = 2;
    private const double KeptPerPacket = 0.999;

    private double _latenessNs;
    private double _jitterNs;

    /// <summary>The wait at present.</summary>
    public long WaitNs => (long)Math.Clamp(Math.Max(Spare * _latenessNs, JitterFactor * _jitterNs), minNs, maxNs);

    /// <summary>Takes the jitter measured so far; once per packet.</summary>
    public void OnPacket(double jitterNs)
    {
        _jitterNs = jitterNs;
        _latenessNs *= KeptPerPacket;
    }

    /// <summary>Takes how long after its gap was seen an overtaken packet came, in time or too late.</summary>
    public void OnOvertaken(long latenessNs) => _latenessNs = Math.Max(_latenessNs, Math.Min(latenessNs, 2 * maxNs));
}
