using AudioMeasures.Impairments;
using GeminiLive;
using Simulation.Prompts;
using Support;
using Telephony.Audio;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>A speaker-phone: the agent talks, and what it says comes back later and softer with the room's noise, and with the caller when there is one.</summary>
internal sealed class EchoLine
{
    private const int FrameMs = 20;
    private const int CallerFrame = CallerSounds.RateHz * FrameMs / 1_000;
    private const int AgentFrame = PlayoutBuffer.RateHz * FrameMs / 1_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly PlayoutBuffer _playout = new(TimeSpan.FromMinutes(1));
    private readonly Uplink _uplink = new(20);
    private readonly LiveActivity _activity = new(isManual: true, CallerFrame);
    private readonly CallerSpeech _speech;
    private readonly CallerAudio _caller;
    private readonly short[] _frame = new short[AgentFrame];
    private readonly short[] _heard = new short[CallerFrame];
    private readonly short[] _returned = new short[CallerSounds.RateHz];   // a second of what was sent, at 16 kHz
    private readonly Resampler _down = new(PlayoutBuffer.RateHz, 8_000);
    private readonly Resampler _up = new(8_000, CallerSounds.RateHz);
    private readonly short[] _narrow = new short[CallerFrame];
    private readonly short[] _wide = new short[2 * CallerFrame];
    private readonly int _delay;
    private readonly double _gain;
    private readonly short[] _room;
    private readonly short[][] _story;
    private readonly ImpairedUplink? _network;
    private readonly ImpairedLine? _toPhone;
    private readonly Func<double, double>? _telephone;
    private long _at;
    private long _written;
    private int _turn;

    /// <param name="delayMs">Until what was sent comes back.</param>
    /// <param name="lossDb">How much softer it is then.</param>
    /// <param name="network">What the network does to packets both ways; null for a perfect one, without a codec.</param>
    /// <param name="telephone">What loudspeaker, room and microphone make of it, sample by sample at 8 kHz; null for nothing.</param>
    public EchoLine(int delayMs, double lossDb, Impairment? network = null, Func<double, double>? telephone = null)
    {
        _telephone = telephone;
        _delay = CallerSounds.Samples(delayMs);
        _gain = Math.Pow(10, -lossDb / 20);
        _room = new CallerSounds(2).Room(10_000);
        _story = [.. new[] { "story", "answer-repair", "answer-hours", "greeting", "result" }.Select(name => PromptLibrary.Get(name).Pcm.ToArray())];
        Pause = new BargeInPause(_playout, TalkOver.Window, _clock);
        Line = new LineAudio(_playout, _clock) { Pause = Pause, Echo = new EchoGate() };
        _speech = new CallerSpeech(_clock);
        _caller = new CallerAudio(_uplink, _speech, Line, gain: null) { MarksSpeech = true };
        if (network is not null)
            (_network, _toPhone) = (new ImpairedUplink(_caller, network, seed: delayMs + (int)lossDb), new ImpairedLine(network, seed: 1000 + delayMs + (int)lossDb));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    public LineAudio Line { get; }

    public BargeInPause Pause { get; }

    /// <summary>Frames during which the agent was held.</summary>
    public int PausedFrames { get; private set; }

    /// <summary>Frames during which the caller was taken to speak.</summary>
    public int SpeakingFrames { get; private set; }

    /// <summary>Turns of the caller that would have been marked here.</summary>
    public int MarkedTurns { get; private set; }

    /// <summary>What went up to the model.</summary>
    public List<short> Sent { get; } = [];

    /// <summary>Keeps the agent talking; a second of quiet between two turns.</summary>
    /// <param name="ms">How long.</param>
    /// <param name="caller">What the caller says meanwhile, 16 kHz.</param>
    /// <returns>Time until the agent was held, in ms; null when it was not.</returns>
    public double? Run(int ms, short[]? caller = null)
    {
        double? held = null;
        for (var at = 0; at < ms; at += FrameMs)
        {
            Step(caller, at / FrameMs * CallerFrame);
            if (Pause.IsPaused)
                held ??= at + FrameMs;
        }
        return held;
    }

    /// <summary>The line is taken from the agent, as by keys that are sent or by a caller who holds us: nothing is read for it, and nothing but the room comes back.</summary>
    /// <param name="ms">How long.</param>
    public void TakeLine(int ms)
    {
        for (var at = 0; at < ms; at += FrameMs)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
            Hear(caller: null, from: 0);
            _frame.AsSpan().Clear();
            Return();
            _at += CallerFrame;
        }
    }

    private void Step(short[]? caller, int from)
    {
        if (_playout.QueuedSamples == 0)
        {
            _playout.Write(new short[PlayoutBuffer.RateHz], PlayoutBuffer.RateHz, ++_turn);
            _playout.Write(_story[_turn % _story.Length], PlayoutBuffer.RateHz, _turn);
        }
        _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
        Hear(caller, from);
        Line.Read(_frame);
        Return();
        _at += CallerFrame;
        PausedFrames += Pause.IsPaused ? 1 : 0;
        SpeakingFrames += _speech.IsSpeaking ? 1 : 0;
    }

    private void Hear(short[]? caller, int from)
    {
        for (var i = 0; i < CallerFrame; i++)
        {
            var echo = _at + i >= _delay ? _gain * _returned[(_at + i - _delay) % _returned.Length] : 0;
            var speech = caller is not null && from + i < caller.Length ? caller[from + i] : 0;
            _heard[i] = (short)Math.Clamp(echo + speech + _room[(_at + i) % _room.Length], short.MinValue, short.MaxValue);
        }
        if (_network is null)
            _caller.Write(_heard);
        else
            _network.Write(_heard);
        while (_uplink.TryRead(_heard))
        {
            Sent.AddRange(_heard);
            MarkedTurns += _activity.Hear(_heard, _uplink.IsSpeech) == ActivityStep.Start ? 1 : 0;
        }
    }

    // The line is one of G.711: nothing above 4 kHz comes back. A telephone that misses a packet plays nothing.
    private void Return()
    {
        if (_toPhone?.Arrivals(_written * 1_000.0 / CallerSounds.RateHz).Length == 0)
            _frame.AsSpan().Clear();
        var narrow = _narrow[.._down.Process(_frame, _narrow)];
        if (_telephone is not null)
        {
            foreach (ref var sample in narrow.AsSpan())
                sample = (short)Math.Clamp(_telephone(sample), short.MinValue, short.MaxValue);
        }
        var count = _up.Process(narrow, _wide);
        for (var i = 0; i < count; i++)
            _returned[_written++ % _returned.Length] = _wide[i];
    }
}
