using System.Numerics;

namespace Telephony.Audio;

/// <summary>Where a <see cref="Resampler"/> works on one block: one per thread, so that all its streams' blocks pass through memory that the processor has at hand.</summary>
/// <remarks>Nothing in it is worth anything once the block is done. Allocates when a thread resamples for the first time.</remarks>
internal sealed class ResamplerScratch
{
    private const int MaxRows = 6;   // 48 to 8 kHz
    private const int MaxBlockSamples = 48_000 / 50;
    private const int MaxTaps = 320;   // the longest filter has 287

    [ThreadStatic]
    private static ResamplerScratch? _own;

    /// <summary>That of the calling thread.</summary>
    public static ResamplerScratch Own => _own ??= new ResamplerScratch();

    /// <summary>Outputs that are made at once.</summary>
    public static int Lanes => 4 * Vector<float>.Count;

    /// <summary>The samples still under the filter, then the block.</summary>
    public float[] Window { get; } = new float[MaxTaps + MaxBlockSamples + Lanes];

    /// <summary>The same in rows, where not every input has an output.</summary>
    public float[] Dealt { get; } = new float[MaxTaps + MaxBlockSamples + MaxRows * (Lanes + 1)];

    /// <summary>What comes out, before it is rounded.</summary>
    public float[] Filtered { get; } = new float[MaxBlockSamples];
}
