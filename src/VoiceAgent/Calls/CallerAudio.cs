using GeminiLive;
using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.Calls;

/// <summary>The end of the line's receive path: hands the caller's audio to the session's <see cref="Uplink"/> and listens for speech in it.</summary>
/// <remarks>Media thread; allocates only when built.</remarks>
internal sealed class CallerAudio(Uplink uplink, CallerSpeech speech, LineAudio line) : IPcmSink
{
    /// <inheritdoc/>
    public int SampleRateHz => Uplink.RateHz;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm)
    {
        uplink.Write(pcm);
        speech.Take(pcm, line.EchoRms);
    }
}
