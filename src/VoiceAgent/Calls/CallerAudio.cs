using GeminiLive;
using Telephony.Audio;
using VoiceAgent.Audio;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Calls;

/// <summary>The end of the line's receive path: hands the caller's audio to the session's <see cref="Uplink"/>, without the agent's echo, and listens for speech in it.</summary>
/// <remarks>Media thread; allocates only when built.</remarks>
/// <param name="uplink">Takes it to the model.</param>
/// <param name="speech">Tells whether the caller speaks, by the line's own level.</param>
/// <param name="line">What the caller hears, which may come back.</param>
/// <param name="gain">Raises quiet callers for the model; null for none.</param>
internal sealed class CallerAudio(Uplink uplink, CallerSpeech speech, LineAudio line, QuietLineGain? gain) : IPcmSink
{
    private const int FrameSamples = Uplink.RateHz * BandSplitter.FrameMs / 1_000;

    private static readonly double QuietRms = PcmLevel.FromDbov(-55);

    private readonly BandSplitter _bands = new(Uplink.RateHz);
    private readonly VoiceOnset _onset = new();
    private readonly short[] _part = new short[FrameSamples];   // of a frame, whose rest is still to come
    private int _filled;

    /// <summary>Whether the model is told where the caller speaks, since turns are marked here and not by the service. Set once, before the first sample.</summary>
    public bool MarksSpeech { get; init; }

    /// <inheritdoc/>
    public int SampleRateHz => Uplink.RateHz;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<short> pcm)
    {
        if (line.Pause is null && line.Echo is null && !MarksSpeech)
        {
            speech.Take(pcm, line.EchoRms);
            ToModel(pcm, isSpeech: null);
            return;
        }
        Span<short> frame = stackalloc short[FrameSamples];
        while (_filled + pcm.Length >= FrameSamples)
        {
            _part.AsSpan(0, _filled).CopyTo(frame);
            pcm[..(FrameSamples - _filled)].CopyTo(frame[_filled..]);
            pcm = pcm[(FrameSamples - _filled)..];
            _filled = 0;
            Listen(frame);
        }
        pcm.CopyTo(_part.AsSpan(_filled));
        _filled += pcm.Length;
    }

    private void Listen(Span<short> frame)
    {
        // Nobody can cut in on an agent that has nothing to say, nor hear it come back.
        var mayBeCutIn = line.EchoRms > QuietRms || line.Pause?.IsAgentInTurn == true;
        if (mayBeCutIn)
            ListenForVoice(frame);
        else
            Rest(frame);
        // A caller who is known from the echo is heard however softly they speak.
        speech.Take(frame, line.Echo?.HasCaller == true ? 0 : line.EchoRms);
        ToModel(frame, !MarksSpeech ? null : mayBeCutIn ? _onset.IsSpeech : _onset.IsUtterance);
    }

    private void Rest(ReadOnlySpan<short> frame)
    {
        if (MarksSpeech)
        {
            Span<float> narrow = stackalloc float[BandSplitter.FrameSamples];
            _onset.Take(_bands.Take(frame, narrow), narrow);
        }
        else
        {
            _onset.Rest(frame);
        }
        line.Echo?.Rest();
        line.Pause?.Hear(speech.IsSpeaking, agentHeardAt: 0);
    }

    private void ListenForVoice(Span<short> frame)
    {
        Span<float> narrow = stackalloc float[BandSplitter.FrameSamples];
        var levels = _bands.Take(frame, narrow);
        if (line.Echo is { } echo)
        {
            echo.Heard(levels, narrow, _onset.NoiseDbov);
            _onset.Take(levels, narrow, echo.IsEcho, echo.IsMixed, echo.IsNearEcho, echo.Residual);
        }
        else
        {
            _onset.Take(levels, narrow, isEcho: PcmLevel.Rms(frame) < line.EchoRms / 2);
        }
        line.Pause?.Hear(_onset.IsSpeech && !uplink.IsMuted, line.AgentHeardAt);
        line.Echo?.Replace(frame, _onset.NoiseDbov);
    }

    private void ToModel(ReadOnlySpan<short> pcm, bool? isSpeech)
    {
        if (gain is null)
            uplink.Write(pcm, isSpeech, speech.IsSteady);
        else
            Raise(gain, pcm, isSpeech);
    }

    private void Raise(QuietLineGain quietLine, ReadOnlySpan<short> pcm, bool? isSpeech)
    {
        for (var start = 0; start < pcm.Length; start += quietLine.BlockSamples)
            uplink.Write(quietLine.Process(pcm.Slice(start, Math.Min(quietLine.BlockSamples, pcm.Length - start)), mayBeEcho: line.EchoRms > QuietRms), isSpeech, speech.IsSteady);
    }
}
