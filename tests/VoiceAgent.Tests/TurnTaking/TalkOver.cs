using GeminiLive;
using Simulation.Prompts;
using Support;
using VoiceAgent.Audio;
using VoiceAgent.Calls;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Tests.TurnTaking;

/// <summary>A line on which the agent tells a long story while the caller does what a test wants; the service is silent unless the test speaks for it.</summary>
internal sealed class TalkOver
{
    public const int FrameMs = 20;

    private const int AgentFrame = PlayoutBuffer.RateHz * FrameMs / 1_000;
    private const int CallerFrame = CallerSounds.RateHz * FrameMs / 1_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly CallerAudio _caller;
    private readonly Uplink _uplink = new(20);
    private readonly LiveActivity _activity = new(isManual: true, CallerFrame);
    private readonly short[] _chunk = new short[CallerFrame];
    private readonly short[] _frame = new short[AgentFrame];

    public TalkOver(int storySeconds = 60, bool marksSpeech = false, bool hasGate = false)
        : this([], marksSpeech, hasGate)
    {
        var story = PromptLibrary.Get("story").Pcm.Span;
        while (Playout.WrittenSamples < storySeconds * PlayoutBuffer.RateHz)
            Say(story);
    }

    /// <summary>A line on which the agent says something else; the turn stays open.</summary>
    /// <param name="story">Empty for an agent that has nothing to say.</param>
    /// <param name="marksSpeech">Whether turns are marked here.</param>
    /// <param name="hasGate">Whether echo is looked for.</param>
    public TalkOver(ReadOnlySpan<short> story, bool marksSpeech = false, bool hasGate = false)
    {
        Line = new LineAudio(Playout, _clock) { Pause = Pause = new BargeInPause(Playout, Window, _clock), Echo = hasGate ? new EchoGate() : null };
        var speech = new CallerSpeech(_clock);
        Line.Response = Response = new ResponseLatency(speech, _clock) { Measured = () => Answers++ };
        _caller = new CallerAudio(_uplink, speech, Line, gain: null) { MarksSpeech = marksSpeech };
        Say(story);
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    public static TimeSpan Window { get; } = TimeSpan.FromMilliseconds(800);

    public PlayoutBuffer Playout { get; } = new(TimeSpan.FromMinutes(15));

    public LineAudio Line { get; }

    public BargeInPause Pause { get; }

    public ResponseLatency Response { get; }

    /// <summary>Answers of the agent that were measured.</summary>
    public int Answers { get; private set; }

    /// <summary>What the agent has to say.</summary>
    public List<short> Story { get; } = [];

    /// <summary>What the caller has heard, 24 kHz.</summary>
    public List<short> Heard { get; } = [];

    /// <summary>Frames during which the agent was held.</summary>
    public int PausedFrames { get; private set; }

    /// <summary>What becomes of the caller's turns where they are marked here, chunk by chunk.</summary>
    public List<ActivityStep> Marked { get; } = [];

    /// <summary>More of what the agent has to say.</summary>
    public void Say(ReadOnlySpan<short> pcm, int turn = 1)
    {
        Playout.Write(pcm, PlayoutBuffer.RateHz, turn);
        Story.AddRange(pcm);
    }

    /// <summary>The caller's sound, frame by frame; the agent is read after each.</summary>
    /// <param name="pcm">16 kHz.</param>
    /// <param name="skew">Samples by which the frames of the line lie later than the sound's beginning.</param>
    /// <returns>Time from the sound's first sample to the end of the last frame that the agent still filled, in ms; null when it was never held.</returns>
    public double? Hear(ReadOnlySpan<short> pcm, int skew = 0)
    {
        double? held = null;
        for (var at = 0; at + CallerFrame <= pcm.Length; at += CallerFrame)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(FrameMs));
            _caller.Write(pcm.Slice(at, CallerFrame));
            while (_uplink.TryRead(_chunk))
                Marked.Add(_activity.Hear(_chunk, _uplink.IsSpeech));
            Line.Read(_frame);
            Heard.AddRange(_frame);
            PausedFrames += Pause.IsPaused ? 1 : 0;
            if (Pause.IsPaused)
                held ??= (at + CallerFrame - skew) * 1_000.0 / CallerSounds.RateHz;
        }
        return held;
    }
}
