using Telephony.Audio;

namespace VoiceAgent.TurnTaking;

/// <summary>Hears within some 50 ms that somebody begins to speak: loud over the line's noise, repeating as a voice does, and open as a vowel is.</summary>
/// <remarks>
/// Coughs and breath do not repeat, taps are over too soon, and a hum ("mm-hm") has nothing above 600 Hz: none of them is a word, and none
/// becomes one unless it lasts. Owned by the media thread. Allocates only when built.
/// </remarks>
internal sealed class VoiceOnset
{
    // Telephone speech lies around -20 dBov; what is quieter than this is meant for somebody else.
    private const float LeastSpeechDbov = -45;
    private const float OverNoiseDb = 10;

    // Likeness of one pitch period to the next: 0.3 for noise, above 0.8 within a vowel.
    private const float VoicedLikeness = 0.7f;

    // Two voices at once hide each other's period.
    private const float MixedLikeness = 0.5f;

    // An open mouth: above 600 Hz a vowel has at most this much less than below, "i" as the darkest; a hum has 25 dB less.
    private const float OpenMouthDb = -17;

    // What was struck rings and dies away by more than this in 10 ms; a voice that begins does not.
    private const float DyingDb = 3;

    private const int OnsetMs = 20;

    // Of an echo that the network has torn, three frames may stand out.
    private const int OnsetNearEchoMs = 40;

    // Behind a consonant less of the vowel tells: a word that begins with "s" has been going on for long.
    private const int ConsonantMs = 50;
    private const int OnsetAfterConsonantMs = 10;

    private const int HumMs = 500;
    private const int UtteranceMs = 50;
    private const int MostMs = 600;
    private const int ForgetMs = 100;

    // Behind an "s" the vowel is seen before it has repeated: the low band rises by so much at once, and the high one does not.
    private const float HissDb = 15;
    private const int HissMs = 50;
    private const float VowelRiseDb = 12;
    private const float HissRiseDb = 2;

    private readonly NoiseFloor _floor = new();
    private readonly VoicePitch _pitch = new();
    private BandLevels _levels = BandLevels.Silent;
    private float _total = BandLevels.Silent.Total;
    private int _voiceMs;
    private int _humMs;
    private int _otherMs;
    private int _loudMs;
    private int _lastingMs;
    private int _hissMs;
    private int _quietMs;

    /// <summary>Level of the line when nobody speaks, in dBov.</summary>
    public float NoiseDbov => _floor.Dbov;

    /// <summary>True while somebody speaks who has been heard for long enough to be believed, and until 100 ms after.</summary>
    public bool IsSpeech { get; private set; }

    /// <summary>True while somebody says something into a silence, where a hum is an answer and a whisper too; until 100 ms after.</summary>
    public bool IsUtterance { get; private set; }

    /// <summary>Takes the next 10 ms for the line's noise only: nobody is to be heard.</summary>
    /// <param name="pcm">Its samples at any rate.</param>
    public void Rest(ReadOnlySpan<short> pcm)
    {
        _floor.Take((float)PcmLevel.RmsDbov(pcm));
        (_voiceMs, _humMs, _loudMs, IsSpeech) = (0, 0, 0, false);
    }

    /// <summary>Takes the next 10 ms.</summary>
    /// <param name="levels">Its levels.</param>
    /// <param name="frame">Its samples at 8 kHz.</param>
    /// <param name="isEcho">True when it may be the agent's own voice that comes back.</param>
    /// <param name="isMixed">True when that voice may be part of it.</param>
    /// <param name="isNearEcho">True when it hardly stands out of that voice.</param>
    /// <param name="residual">What is left of it without that voice, at 4 kHz; empty when nothing could be taken away.</param>
    public void Take(BandLevels levels, ReadOnlySpan<float> frame, bool isEcho = false, bool isMixed = false, bool isNearEcho = false, ReadOnlySpan<float> residual = default)
    {
        var total = levels.Total;
        _floor.Take(total);
        if (residual.IsEmpty)
            _pitch.Take(frame);
        else
            _pitch.TakeHalved(residual);
        var isDying = total < _total - DyingDb;
        var isHeard = !isEcho && total > Math.Max(LeastSpeechDbov, _floor.Dbov + OverNoiseDb);
        var isVowel = isHeard && !isMixed && BeginsVowel(levels);
        _hissMs = isHeard && levels.High - levels.Low > HissDb ? _hissMs + BandSplitter.FrameMs : 0;
        (_levels, _total) = (levels, total);
        var isLoud = isHeard && !isDying;
        if (isVowel || (isLoud && _pitch.Likeness() > (isMixed ? MixedLikeness : VoicedLikeness)))
            TakeVoice(isOpen: levels.High - levels.Low > OpenMouthDb, isNearEcho ? OnsetNearEchoMs : !isMixed && Math.Max(_loudMs, _hissMs) >= ConsonantMs ? OnsetAfterConsonantMs : OnsetMs);
        else
            TakeOther();
        TakeLoudness(isLoud);
    }

    private bool BeginsVowel(BandLevels levels) =>
        _hissMs >= HissMs && levels.Low > _levels.Low + VowelRiseDb && levels.High < _levels.High + HissRiseDb && levels.Low > Math.Max(LeastSpeechDbov, _floor.Dbov + OverNoiseDb);

    private void TakeVoice(bool isOpen, int onsetMs)
    {
        _otherMs = 0;
        _humMs = Math.Min(_humMs + BandSplitter.FrameMs, MostMs);
        if (isOpen)
            _voiceMs = Math.Min(_voiceMs + BandSplitter.FrameMs, MostMs);
        IsSpeech |= _voiceMs >= onsetMs || _humMs >= HumMs;
    }

    // Voices are interrupted by consonants, so a gap takes away what was gathered only by and by.
    private void TakeOther()
    {
        _otherMs += BandSplitter.FrameMs;
        if (_otherMs <= 2 * BandSplitter.FrameMs)
            return;
        _voiceMs = Math.Max(0, _voiceMs - BandSplitter.FrameMs);
        _humMs = Math.Max(0, _humMs - BandSplitter.FrameMs);
        if (_otherMs < ForgetMs)
            return;
        (_voiceMs, IsSpeech) = (0, false);
    }

    // Coughs are over before it lasts; who has begun goes on, whatever the sound.
    private void TakeLoudness(bool isLoud)
    {
        _loudMs = isLoud ? Math.Min(_loudMs + BandSplitter.FrameMs, MostMs) : 0;
        _lastingMs = Math.Clamp(_lastingMs + (isLoud ? BandSplitter.FrameMs : -BandSplitter.FrameMs), 0, MostMs);
        _quietMs = isLoud ? 0 : _quietMs + BandSplitter.FrameMs;
        IsUtterance = (IsUtterance || _humMs >= UtteranceMs || _lastingMs >= MostMs) && _quietMs < ForgetMs;
    }
}
