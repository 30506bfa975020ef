using Telephony.Audio;
using VoiceAgent.Audio;

namespace VoiceAgent.TurnTaking;

/// <summary>Keeps the agent's own voice, coming back from a speaker-phone, from being taken for the caller: what is echo and nothing else goes up as quiet noise.</summary>
/// <remarks>
/// Only an echo that is known by its delay is replaced, never more than the echo can be, and nothing for a fifth of a second after the caller has
/// been heard. Owned by the media thread, which sends and hears. Allocates only when built.
/// </remarks>
internal sealed class EchoGate
{
    // The caller has been heard when so much in a row was no echo; single frames are the echo's own peaks.
    private const int CallerFrames = 3;
    private const int OpenFrames = 20;
    private const int MixedDb = 15;
    private const int OverNoiseDb = 10;
    private const int HeldFrames = 4;

    // Keys and a caller who holds us take the line from the agent, which then sends nothing at all; what comes in a burst is over sooner.
    private const int UnsentFrames = 15;
    private const int FramesOfPacket = 2;

    // What stands out of the echo by less may be a packet that came late.
    private const float ClearDb = 2;

    private readonly BandSplitter _sentBands = new(PlayoutBuffer.RateHz);
    private readonly EchoModel _model = new();
    private readonly EchoResidual _residual = new();
    private readonly ComfortNoise _noise = new();
    private readonly short[] _sent;   // a part of a frame
    private int _filled;
    private int _silentFrames = HeldFrames;
    private int _unsentFrames;
    private int _callerFrames;
    private int _openFrames;
    private bool _wasReplaced;

    public EchoGate() => _sent = new short[_sentBands.InputSamples];

    /// <summary>True when the frame taken last may be echo and nothing else.</summary>
    public bool IsEcho { get; private set; }

    /// <summary>True when echo may be part of it.</summary>
    public bool IsMixed { get; private set; }

    /// <summary>True when what comes stands out of a known echo by so little that the network may have made it.</summary>
    public bool IsNearEcho => IsMixed && _model.IsKnown && _model.ExcessDb < ClearDb;

    /// <summary>What is left of the frame taken last without the echo, at 4 kHz; empty when nothing could be taken away.</summary>
    public ReadOnlySpan<float> Residual => _residual.Samples;

    /// <summary>True while what comes is the caller, whatever of the agent there is in it: they have been louder than the echo can be within the last fifth of a second.</summary>
    public bool HasCaller => _openFrames > 0;

    /// <summary>Takes what goes to the line.</summary>
    /// <param name="pcm">24 kHz, any length.</param>
    /// <param name="isSilent">True when there is nothing in it.</param>
    public void Sent(ReadOnlySpan<short> pcm, bool isSilent)
    {
        _unsentFrames = 0;
        while (!pcm.IsEmpty)
        {
            if (_filled == 0 && pcm.Length >= _sent.Length)
            {
                _model.Sent(Levels(pcm[.._sent.Length], isSilent));
                pcm = pcm[_sent.Length..];
                continue;
            }
            var count = Math.Min(pcm.Length, _sent.Length - _filled);
            pcm[..count].CopyTo(_sent.AsSpan(_filled));
            pcm = pcm[count..];
            _filled = (_filled + count) % _sent.Length;
            if (_filled == 0)
                _model.Sent(Levels(_sent, isSilent));
        }
    }

    /// <summary>Takes 10 ms of what comes from the line.</summary>
    /// <param name="levels">Its levels.</param>
    /// <param name="frame">Its samples at 8 kHz.</param>
    /// <param name="noiseDbov">Level of the line when nobody speaks.</param>
    public void Heard(BandLevels levels, ReadOnlySpan<float> frame, float noiseDbov)
    {
        NoteUnsent();
        var mayBeEcho = _model.Heard(levels, noiseDbov);
        IsEcho = !StandsOut(frame, noiseDbov) && mayBeEcho;
        var total = levels.Total;
        IsMixed = _model.Expected.Total > total - MixedDb;
        _callerFrames = mayBeEcho || total < noiseDbov + OverNoiseDb ? 0 : _callerFrames + 1;
        if (_callerFrames >= CallerFrames)
            _openFrames = OpenFrames;
        else if (_openFrames > 0)
            _openFrames--;
    }

    /// <summary>The agent has been silent for so long that nothing of it can come back.</summary>
    public void Rest()
    {
        NoteUnsent();
        (IsEcho, IsMixed, _wasReplaced) = (false, false, false);
        (_callerFrames, _openFrames) = (0, 0);
        _residual.Skip();
    }

    /// <summary>Replaces a frame that is only echo by noise, going from one to the other within the frame.</summary>
    /// <param name="frame">16 kHz, the 10 ms taken last.</param>
    /// <param name="noiseDbov">Level of the line when nobody speaks.</param>
    public void Replace(Span<short> frame, double noiseDbov)
    {
        var isReplaced = IsEcho && _model.IsKnown && _openFrames == 0;
        if (isReplaced || _wasReplaced)
        {
            Span<short> quiet = stackalloc short[BandSplitter.FrameSamples * 2];
            _noise.Fill(quiet, noiseDbov);
            if (isReplaced && _wasReplaced)
                quiet.CopyTo(frame);
            else
                Blend(frame, quiet, toNoise: isReplaced);
        }
        _wasReplaced = isReplaced;
    }

    // The line's own time goes on, and silence is what was sent in it.
    private void NoteUnsent()
    {
        if (++_unsentFrames < UnsentFrames)
            return;
        var isFirst = _unsentFrames == UnsentFrames;
        // The packet heard last is answered by the next one that is sent.
        for (var frames = isFirst ? UnsentFrames - FramesOfPacket : 1; frames > 0; frames--)
        {
            _model.Sent(BandLevels.Silent);
            _residual.Sent([]);
        }
        if (isFirst)
            _residual.ForgetBurst();
    }

    private bool StandsOut(ReadOnlySpan<float> frame, float noiseDbov)
    {
        if (_model.IsKnown && _unsentFrames < UnsentFrames)
            return _residual.Heard(frame, _model.Lag, noiseDbov, HasCaller);
        _residual.Skip();
        return false;
    }

    private static void Blend(Span<short> frame, ReadOnlySpan<short> quiet, bool toNoise)
    {
        for (var i = 0; i < frame.Length; i++)
        {
            var noise = (float)(toNoise ? i + 1 : frame.Length - 1 - i) / frame.Length;
            frame[i] = (short)(frame[i] + noise * (quiet[i] - frame[i]));
        }
    }

    // The filters ring for a moment; after that silence costs nothing.
    private BandLevels Levels(ReadOnlySpan<short> pcm, bool isSilent)
    {
        _silentFrames = isSilent ? Math.Min(_silentFrames + 1, HeldFrames) : 0;
        if (_silentFrames == HeldFrames)
        {
            _residual.Sent([]);
            return BandLevels.Silent;
        }
        Span<float> narrow = stackalloc float[BandSplitter.FrameSamples];
        var levels = _sentBands.Take(pcm, narrow);
        _residual.Sent(narrow);
        return levels;
    }
}
