using GeminiLive;

namespace VoiceAgent.Audio;

/// <summary>Hears who may have answered a call of ours: a person greets shortly and waits, a machine speaks on and then beeps.</summary>
/// <remarks>Media thread, one frame of 20 ms after the other from the answer on; allocates nothing. It guesses, nothing more: an office may greet as long as a machine.</remarks>
internal sealed class AnswerCadence
{
    private const int FrameMs = 20;

    // What begins later answers the agent rather than the telephone.
    private const int GreetingBeginsMs = 5_000;

    private const int PauseMs = 1_000;
    private const int LeastSpeechMs = 200;
    private const int LongestOfPersonMs = 3_000;
    private const int ShortestOfMachineMs = 4_000;

    // Whole frames within a tone of 150 ms. Longer tones are a dial tone, a fax or a line that is cut.
    private const int ShortestBeepMs = 120;
    private const int LongestBeepMs = 2_000;
    private const double LowestBeepHz = 390;
    private const double HighestBeepHz = 2_050;

    // Ringing and busy tones of most countries (ITU-T E.180): after a short greeting somebody is being put through.
    private const double HighestCallProgressHz = 460;

    private const double SameTone = 0.03;
    private const int MaxBeeps = 3;
    private const int BeepsUntilMs = 180_000;

    private int _atMs;
    private int _beganAtMs;
    private int _spokeAtMs;
    private int _speechMs;
    private int _toneMs;
    private double _toneHz;
    private int _beeps;
    private CadenceHint? _greeting;
    private bool _isGreetingOver;

    /// <summary>Something was heard. Raised on the media thread; set once.</summary>
    public required Action<CadenceHint> Heard { get; init; }

    /// <summary>Takes the next 20 ms.</summary>
    /// <param name="frame">Mono PCM16 at 16 kHz.</param>
    /// <param name="isLoud">Whether they stand out from the noise, and are no echo of the agent.</param>
    public void Take(ReadOnlySpan<short> frame, bool isLoud)
    {
        if (_atMs >= BeepsUntilMs)
            return;
        _atMs += FrameMs;
        var isTone = TakeTone(frame, isLoud);
        if (_isGreetingOver)
            return;
        if (isLoud && !isTone)
            TakeSpeech();
        else if (_speechMs > 0)
            TakePause();
        else
            _isGreetingOver = _atMs >= GreetingBeginsMs;
    }

    private void TakeSpeech()
    {
        if (_speechMs == 0)
            _beganAtMs = _atMs - FrameMs;
        _speechMs += FrameMs;
        _spokeAtMs = _atMs;
        if (_spokeAtMs - _beganAtMs >= ShortestOfMachineMs)
            EndGreeting(CadenceHint.Voicemail);
    }

    private void TakePause()
    {
        if (_atMs - _spokeAtMs < PauseMs)
            return;
        if (_speechMs < LeastSpeechMs)
            _speechMs = 0;   // a click
        else
            EndGreeting(_spokeAtMs - _beganAtMs < LongestOfPersonMs ? CadenceHint.Person : null);
    }

    private void EndGreeting(CadenceHint? hint)
    {
        _isGreetingOver = true;
        _greeting = hint;
        if (hint is not null && _beeps == 0)
            Heard(hint);
    }

    /// <summary>Follows a tone; true within one, which is no speech.</summary>
    private bool TakeTone(ReadOnlySpan<short> frame, bool isLoud)
    {
        var hz = 0.0;
        var isTone = isLoud && SteadyTone.TryMeasure(frame, Uplink.RateHz, out hz);
        if (_toneMs > 0 && (!isTone || Math.Abs(hz - _toneHz) > SameTone * _toneHz))
            EndTone();
        if (!isTone)
            return false;
        if (_toneMs == 0)
            _toneHz = hz;
        _toneMs += FrameMs;
        return true;
    }

    // When it has ended: what is said from now on is recorded.
    private void EndTone()
    {
        if (_toneMs is >= ShortestBeepMs and <= LongestBeepMs && IsBeep(_toneHz) && _speechMs >= LeastSpeechMs && _beeps < MaxBeeps)
        {
            _beeps++;
            Heard(CadenceHint.Beep);
        }
        _toneMs = 0;
    }

    private bool IsBeep(double hz) => hz is >= LowestBeepHz and <= HighestBeepHz && (hz > HighestCallProgressHz || _greeting == CadenceHint.Voicemail);
}

/// <summary>What was heard of whoever answered; these exist once, so that the media thread allocates nothing for them.</summary>
internal sealed class CadenceHint
{
    private CadenceHint()
    {
    }

    /// <summary>A short greeting, and then somebody waited.</summary>
    public static CadenceHint Person { get; } = new();

    /// <summary>A greeting as long as those of machines.</summary>
    public static CadenceHint Voicemail { get; } = new();

    /// <summary>A beep has ended.</summary>
    public static CadenceHint Beep { get; } = new();
}
