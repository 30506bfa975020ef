namespace Telephony.Audio;

/// <summary>Gives the audio that the caller hears: the start of the send path.</summary>
/// <remarks>Called on the media clock's thread only; must neither block nor allocate.</remarks>
public interface IPcmSource
{
    /// <summary>Rate of the samples that <see cref="Read"/> gives, in Hz; constant for the source's life.</summary>
    int SampleRateHz { get; }

    /// <summary>Fills the whole frame: audio first, zeros where there is none.</summary>
    /// <param name="frame">Mono PCM16 at <see cref="SampleRateHz"/>, one packet time long.</param>
    /// <returns>Samples of audio in the frame; 0 means the source is idle and the frame is silence.</returns>
    int Read(Span<short> frame);
}
