namespace Telephony.Audio;

/// <summary>Takes the caller's decoded audio: the end of the receive path, the start of whatever listens to the call.</summary>
/// <remarks>Called on the media clock's thread only; must neither block nor allocate.</remarks>
public interface IPcmSink
{
    /// <summary>Rate at which the sink wants its samples, in Hz; constant for the sink's life.</summary>
    int SampleRateHz { get; }

    /// <summary>Takes the next samples of the caller's gapless time line.</summary>
    /// <param name="pcm">Mono PCM16 at <see cref="SampleRateHz"/>; any length; valid during the call only.</param>
    void Write(ReadOnlySpan<short> pcm);
}
