using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>A recorded sound for the caller, ready to be played by <see cref="LineAudio"/>; immutable and shared by all calls.</summary>
/// <param name="name">For logs and the call's timeline.</param>
/// <param name="samples">Mono PCM16 at <see cref="PlayoutBuffer.RateHz"/>.</param>
internal sealed class Announcement(string name, short[] samples)
{
    /// <summary>For logs and the call's timeline.</summary>
    public string Name => name;

    /// <summary>Mono PCM16 at <see cref="PlayoutBuffer.RateHz"/>.</summary>
    public ReadOnlySpan<short> Samples => samples;

    /// <summary>The same, again and again, for one call.</summary>
    public IPcmSource Repeated() => new LoopedAudio(samples, PlayoutBuffer.RateHz);

    /// <summary>How long it lasts.</summary>
    public TimeSpan Length { get; } = TimeSpan.FromSeconds((double)samples.Length / PlayoutBuffer.RateHz);
}
