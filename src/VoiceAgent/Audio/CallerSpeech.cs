using GeminiLive;
using Telephony.Audio;

namespace VoiceAgent.Audio;

/// <summary>Hears when the caller speaks and has finished, whether or not there is a Live session to hear it: the caller's audio -> the silence ladder.</summary>
/// <remarks>Turns are the server's to detect; this only tells since when the caller waits. Media thread; allocates only when built.</remarks>
internal sealed class CallerSpeech(TimeProvider timeProvider)
{
    private const int FrameMs = 20;
    private const int FrameSamples = Uplink.RateHz * FrameMs / 1_000;

    // Telephone speech lies around -20 dBov; it is believed above this, and 12 dB above the noise of the line.
    private const double SpeechDbov = -45;
    private const double AboveNoiseDb = 12;

    // The noise is what the level falls to between words; in lasting sound it rises by 3 dB a second.
    private const double NoiseRiseDb = 3.0 * FrameMs / 1_000;
    private const double HighestNoiseDbov = -25;

    // An echo of the agent comes back at least this much softer.
    private const double EchoLossDb = 6;

    private const int SpeechMs = 200;
    private const int PauseMs = 400;

    // Nobody decides anything by the middle of a word, once it is known that the caller speaks and goes on; nor by what has gone on as it is for longer than the end of a turn is waited for.
    private const int BegunMs = 300;
    private const int OnceMoreMs = 60;
    private const int UnchangedMs = 1_500;

    // By level alone, since others may tell speech from noise better than this does: so far from the last tenth of a second, and nothing is heard below that.
    private const double ChangeDb = 9;
    private const double UsualShare = 0.2;
    private const double StillDbov = -60;

    private readonly short[] _frame = new short[FrameSamples];   // for the cadence alone
    private long _squares;
    private int _filled;
    private double _noiseDbov = -60;
    private double _levelDbov = -127;
    private int _loudMs;
    private int _quietMs;
    private int _lastingMs;   // of loud frames without a quiet one between
    private int _unchangedMs;
    private double _usualDbov = StillDbov;
    private bool _isSpeaking;
    private long _spokeAt;

    /// <summary>The caller has begun to speak, or has finished. Raised on the media thread; set once, before the first sample.</summary>
    public Action? Changed { get; set; }

    /// <summary>Listens along in a call of ours; null in others. Set once, before the first sample.</summary>
    public AnswerCadence? Cadence { get; set; }

    /// <summary>True from a fifth of a second into the caller's speech until 0.4 s after it; any thread.</summary>
    public bool IsSpeaking => Volatile.Read(ref _isSpeaking);

    /// <summary>Whether the caller goes on speaking, or the line has been as it is, silent as a rule, for longer than it takes anybody to notice; media thread.</summary>
    public bool IsSteady => _unchangedMs >= UnchangedMs || (_loudMs >= BegunMs && _lastingMs >= OnceMoreMs);

    /// <summary>Timestamp of the last loud frame of the speech heard last; 0 before the first. Any thread.</summary>
    public long SpokeAt => Volatile.Read(ref _spokeAt);

    /// <summary>Level of the last 20 ms, in dBov; any thread.</summary>
    public double LevelDbov => Volatile.Read(ref _levelDbov);

    /// <summary>Takes what the caller says next.</summary>
    /// <param name="pcm">Mono PCM16 at 16 kHz, any length.</param>
    /// <param name="echoRms">Level of what the caller has just heard, in sample units.</param>
    public void Take(ReadOnlySpan<short> pcm, double echoRms)
    {
        while (!pcm.IsEmpty)
        {
            var count = Math.Min(pcm.Length, FrameSamples - _filled);
            _squares += PcmLevel.SumOfSquares(pcm[..count]);
            if (Cadence is not null)
                pcm[..count].CopyTo(_frame.AsSpan(_filled));
            pcm = pcm[count..];
            _filled += count;
            if (_filled < FrameSamples)
                return;
            _filled = 0;
            var isLoud = IsLoud(echoRms);
            Cadence?.Take(_frame, isLoud);
            if (isLoud)
                TakeLoud();
            else
                TakeQuiet();
        }
    }

    private bool IsLoud(double echoRms)
    {
        var rms = Math.Sqrt((double)_squares / FrameSamples);
        _squares = 0;
        var level = 20 * Math.Log10(Math.Max(rms, 1) / 32_768);
        Volatile.Write(ref _levelDbov, level);
        _noiseDbov = Math.Min(Math.Min(_noiseDbov + NoiseRiseDb, level), HighestNoiseDbov);
        NoteChange(Math.Max(level, StillDbov));
        return level > Math.Max(SpeechDbov, _noiseDbov + AboveNoiseDb) && rms > echoRms * Math.Pow(10, -EchoLossDb / 20);
    }

    private void NoteChange(double level)
    {
        _unchangedMs = Math.Abs(level - _usualDbov) > ChangeDb ? 0 : Math.Min(_unchangedMs + FrameMs, UnchangedMs);
        _usualDbov += UsualShare * (level - _usualDbov);
    }

    private void TakeLoud()
    {
        _quietMs = 0;
        _lastingMs = Math.Min(_lastingMs + FrameMs, OnceMoreMs);
        _loudMs += FrameMs;
        if (_loudMs < SpeechMs)
            return;
        Volatile.Write(ref _spokeAt, timeProvider.GetTimestamp());
        Set(true);
    }

    private void TakeQuiet()
    {
        _lastingMs = 0;
        _quietMs += FrameMs;
        if (_quietMs < PauseMs)
            return;
        _loudMs = 0;
        Set(false);
    }

    private void Set(bool isSpeaking)
    {
        if (_isSpeaking == isSpeaking)
            return;
        Volatile.Write(ref _isSpeaking, isSpeaking);
        Changed?.Invoke();
    }
}
