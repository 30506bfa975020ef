using GeminiLive;
using Telephony.Audio;

namespace VoiceAgent.Calls;

/// <summary>The end of the line's receive path: hands the caller's audio to the session's <see cref="Uplink"/>.</summary>
/// <remarks>Media thread; allocates only when built.</remarks>
internal sealed class CallerAudio(Uplink uplink) : IPcmSink
{
    /// <inheritdoc/>
    public int SampleRateHz => Uplink.RateHz;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm) => uplink.Write(pcm);
}
