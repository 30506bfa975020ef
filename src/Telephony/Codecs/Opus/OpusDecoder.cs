namespace Telephony.Codecs.Opus;

/// <summary>Opus payloads to mono PCM at the model's 16 kHz, with no resampler in between; what is lost comes from the next packet or is concealed.</summary>
/// <remarks>Owned by the media clock's thread. Allocates only when built. Every packet is checked before the library sees it; stereo is mixed down.</remarks>
internal sealed class OpusDecoder(LibOpus library) : IAudioDecoder
{
    private const int RateHz = 16_000;
    private const int UnitsPerSample = 3;

    // The library makes up audio in steps of 2.5 ms.
    private const int StepSamples = RateHz / 400;

    private readonly OpusState _state = library.NewDecoder(RateHz);
    private readonly short[] _step = new short[StepSamples];

    /// <inheritdoc/>
    public int SampleRateHz => RateHz;

    /// <inheritdoc/>
    /// <remarks>48000 whatever the audio's rate (RFC 7587 section 4.1).</remarks>
    public int ClockRateHz => 48_000;

    /// <inheritdoc/>
    public int SamplesIn(ReadOnlySpan<byte> payload) => OpusPacket.TryParse(payload, out var packet) ? packet.Units / UnitsPerSample : 0;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="pcm"/> is shorter than the packet's audio.</exception>
    public int Decode(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        var samples = SamplesIn(payload);
        if (samples > pcm.Length)
            throw new ArgumentException($"{samples} samples do not go into {pcm.Length}.", nameof(pcm));
        return samples == 0 ? 0 : Math.Max(0, library.Decode(_state, payload, pcm[..samples], isLostBefore: false));
    }

    /// <inheritdoc/>
    public void Conceal(Span<short> pcm)
    {
        var whole = pcm.Length / StepSamples * StepSamples;
        if (whole > 0)
            MakeUp(pcm[..whole]);
        if (whole == pcm.Length)
            return;
        MakeUp(_step);
        _step.AsSpan(0, pcm.Length - whole).CopyTo(pcm[whole..]);
    }

    /// <inheritdoc/>
    public int Recover(ReadOnlySpan<byte> following, Span<short> pcm)
    {
        if (!OpusPacket.TryParse(following, out var packet) || !packet.HasRedundancy(following))
            return 0;
        var frame = packet.FrameUnits / UnitsPerSample;
        if (pcm.Length < frame || pcm.Length % StepSamples != 0)
            return 0;
        Conceal(pcm[..^frame]);
        var recovered = library.Decode(_state, following, pcm[^frame..], isLostBefore: true);
        if (recovered == frame)
            return frame;
        Conceal(pcm[^frame..]);
        return frame;
    }

    private void MakeUp(Span<short> pcm)
    {
        if (library.Decode(_state, [], pcm, isLostBefore: false) != pcm.Length)
            pcm.Clear();
    }
}
