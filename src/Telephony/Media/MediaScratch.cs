using Telephony.Rtp;

namespace Telephony.Media;

/// <summary>Where <see cref="ReceivePath"/> and <see cref="SendPath"/> work on one frame: one per thread, so that all calls' frames pass through memory that the processor has at hand.</summary>
/// <remarks>Nothing in it is worth anything once the frame is done; whoever reads it has written it before, as what lies there may be another call's. Allocates when a thread uses it for the first time.</remarks>
internal sealed class MediaScratch
{
    /// <summary>The largest payload of two samples a byte (G.722): 160 ms; and more than the 120 ms of the longest Opus packet.</summary>
    public const int MaxDecodedSamples = 2 * JitterBuffer.MaxPayloadBytes;

    private const int MaxRateRatio = 6;   // 8 to 48 kHz
    private const int MaxFrameSamples = 48 * 60;   // the longest packet time at the highest rate

    [ThreadStatic]
    private static MediaScratch? _own;

    /// <summary>That of the calling thread.</summary>
    public static MediaScratch Own => _own ??= new MediaScratch();

    /// <summary>A payload of the caller, decoded.</summary>
    public short[] Decoded { get; } = new short[MaxDecodedSamples];

    /// <summary>The same at the sink's rate.</summary>
    public short[] Heard { get; } = new short[MaxRateRatio * MaxDecodedSamples];

    /// <summary>What the source gives.</summary>
    public short[] Frame { get; } = new short[MaxFrameSamples];

    /// <summary>The same at the encoder's rate, before it is rounded.</summary>
    public float[] Resampled { get; } = new float[MaxFrameSamples];

    /// <summary>What is encoded.</summary>
    public short[] Limited { get; } = new short[MaxFrameSamples];
}
