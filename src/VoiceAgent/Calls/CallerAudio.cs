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
    private static readonly double QuietRms = PcmLevel.FromDbov(-55);

    private readonly BandSplitter _bands = new(Uplink.RateHz);
    private readonly VoiceOnset _onset = new();
    private readonly short[] _frame = new short[Uplink.RateHz * BandSplitter.FrameMs / 1_000];
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
        while (!pcm.IsEmpty)
        {
            var count = Math.Min(pcm.Length, _frame.Length - _filled);
            pcm[..count].CopyTo(_frame.AsSpan(_filled));
            pcm = pcm[count..];
            _filled = (_filled + count) % _frame.Length;
            if (_filled == 0)
                Listen();
        }
    }

    private void Listen()
    {
        // Nobody can cut in on an agent that has nothing to say, nor hear it come back.
        var mayBeCutIn = line.EchoRms > QuietRms || line.Pause?.IsAgentInTurn == true;
        if (mayBeCutIn)
            ListenForVoice();
        else
            Rest();
        // A caller who is known from the echo is heard however softly they speak.
        speech.Take(_frame, line.Echo?.HasCaller == true ? 0 : line.EchoRms);
        ToModel(_frame, !MarksSpeech ? null : mayBeCutIn ? _onset.IsSpeech : _onset.IsUtterance);
    }

    private void Rest()
    {
        if (MarksSpeech)
            _onset.Take(_bands.Take(_frame), _bands.Frame);
        else
            _onset.Rest(_frame);
        line.Echo?.Rest();
        line.Pause?.Hear(speech.IsSpeaking, agentHeardAt: 0);
    }

    private void ListenForVoice()
    {
        var levels = _bands.Take(_frame);
        line.Echo?.Heard(levels, _onset.NoiseDbov);
        var isEcho = line.Echo is { } echo ? echo.IsEcho : PcmLevel.Rms(_frame) < line.EchoRms / 2;
        _onset.Take(levels, _bands.Frame, isEcho, isMixed: line.Echo?.IsMixed == true, isNearEcho: line.Echo?.IsNearEcho == true);
        line.Pause?.Hear(_onset.IsSpeech && !uplink.IsMuted, line.AgentHeardAt);
        line.Echo?.Replace(_frame, _onset.NoiseDbov);
    }

    private void ToModel(ReadOnlySpan<short> pcm, bool? isSpeech)
    {
        if (gain is null)
            uplink.Write(pcm, isSpeech);
        else
            Raise(gain, pcm, isSpeech);
    }

    private void Raise(QuietLineGain quietLine, ReadOnlySpan<short> pcm, bool? isSpeech)
    {
        for (var start = 0; start < pcm.Length; start += quietLine.BlockSamples)
            uplink.Write(quietLine.Process(pcm.Slice(start, Math.Min(quietLine.BlockSamples, pcm.Length - start)), mayBeEcho: line.EchoRms > QuietRms), isSpeech);
    }
}
