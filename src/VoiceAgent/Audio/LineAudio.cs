using Telephony.Audio;
using VoiceAgent.TurnTaking;

namespace VoiceAgent.Audio;

/// <summary>What the caller hears: the agent where it has something to say, else the announcement that is asked for: playout -> send path.</summary>
/// <remarks>
/// Read by the media thread, told what to play by the call's loop. Agent and announcement are never heard at once: the agent's first audible
/// frame ends the announcement, whose sound fades over 10 ms. Notes when the agent was last heard. Allocates only when built.
/// </remarks>
internal sealed class LineAudio(IPcmSource agent, TimeProvider timeProvider) : IPcmSource
{
    // A quiet line has about -60 dBov; what lies below is silence to a caller.
    private static readonly double AudibleRms = PcmLevel.FromDbov(-60);

    // An echo is gone after some 400 ms: the level remembered falls by 1 dB in a frame of 20 ms.
    private const double EchoDecay = 0.89;

    private readonly object _agentSound = new();
    private readonly PlayoutFade _fade = new();
    private readonly short[] _tail = new short[PlayoutFade.OutSamples];
    private Announcement? _filler;
    private Announcement? _prompt;
    private Announcement? _final;
    private object? _sounding;
    private int _position;
    private long _agentHeardAt;
    private long _soundHeardAt;
    private double _echoRms;
    private int _unconfirmed;
    private bool _isOver;

    /// <summary>The final announcement has been played to its end. Raised on the media thread; set once, before the first read.</summary>
    public Action? FinalPlayed { get; set; }

    /// <summary>Holds the agent while a caller may have the word; null where none does. Set once, before the first read.</summary>
    public BargeInPause? Pause { get; set; }

    /// <summary>Knows what was sent, to tell it from the caller when it comes back; null where nothing is done about that. Set once, before the first read.</summary>
    public EchoGate? Echo { get; set; }

    /// <summary>Measures how soon the agent answers; null where nobody asks. Set once, before the first read.</summary>
    public ResponseLatency? Response { get; set; }

    /// <summary>Finds the sounds that end a silence.</summary>
    public LineSilence Silence { get; } = new(timeProvider);

    public int SampleRateHz => agent.SampleRateHz;

    /// <summary>Timestamp of the last frame in which the caller heard the agent; 0 before the first. Any thread.</summary>
    public long AgentHeardAt => Volatile.Read(ref _agentHeardAt);

    /// <summary>Timestamp of the last frame in which the caller heard anything at all; 0 before the first. Any thread.</summary>
    public long SoundHeardAt => Volatile.Read(ref _soundHeardAt);

    /// <summary>Level that an echo of what was played may have at most, in sample units; media thread.</summary>
    public double EchoRms => _echoRms;

    /// <summary>The same for meters; any thread.</summary>
    public double LevelRms => Volatile.Read(ref _echoRms);

    /// <summary>Plays a sound again and again until the agent is heard or <see cref="StopFiller"/>; call's loop.</summary>
    public void StartFiller(Announcement filler) => Volatile.Write(ref _filler, filler);

    /// <summary>Ends the filler; call's loop.</summary>
    public void StopFiller() => Volatile.Write(ref _filler, null);

    /// <summary>Plays words once, in place of the filler, unless the agent is heard before; call's loop.</summary>
    public void Say(Announcement prompt) => Volatile.Write(ref _prompt, prompt);

    /// <summary>Plays the last words of the call: the agent is not heard any more. <see cref="FinalPlayed"/> follows. Call's loop.</summary>
    public void SayFinally(Announcement final)
    {
        StopFiller();
        Volatile.Write(ref _final, final);
    }

    /// <inheritdoc/>
    public int Read(Span<short> frame)
    {
        var isPaused = Pause?.Look() == true;
        NoteUnconfirmed();
        var filled = ReadAgent(frame, out var sound);
        var given = filled;
        if (sound is null && (!isPaused || Volatile.Read(ref _final) is not null) && Wanted() is { } announcement)
        {
            filled = Play(announcement, frame);
            sound = announcement;
        }
        var total = Join(frame, filled, sound);
        NoteLevel(frame, sound, isPaused, given);
        Echo?.Sent(frame, isSilent: total == 0);
        return total;
    }

    /// <summary>The agent's frame; it is the sound only if the caller can hear it, or if nothing else is wanted.</summary>
    private int ReadAgent(Span<short> frame, out object? sound)
    {
        sound = null;
        if (Volatile.Read(ref _final) is not null)
            return 0;
        var filled = agent.Read(frame);
        if (filled == 0)
            return 0;
        if (PcmLevel.Rms(frame) > AudibleRms)
        {
            Volatile.Write(ref _filler, null);
            Volatile.Write(ref _prompt, null);
            sound = _agentSound;
        }
        else if (Wanted() is null)
        {
            sound = _agentSound;
        }
        return filled;
    }

    // After the last words only a filler is left, for a caller who is being transferred.
    private Announcement? Wanted() => _isOver ? Volatile.Read(ref _filler) : Volatile.Read(ref _final) ?? Volatile.Read(ref _prompt) ?? Volatile.Read(ref _filler);

    private int Play(Announcement announcement, Span<short> frame)
    {
        if (!ReferenceEquals(_sounding, announcement))
            _position = 0;
        var samples = announcement.Samples;
        var count = Math.Min(frame.Length, samples.Length - _position);
        samples.Slice(_position, count).CopyTo(frame);
        frame[count..].Clear();
        if (_position == 0)
            PlayoutFade.In(frame[..count]);
        _position += count;
        if (_position == samples.Length)
            End(announcement);
        return count;
    }

    private void End(Announcement announcement)
    {
        _position = 0;
        Interlocked.CompareExchange(ref _prompt, null, announcement);
        if (!ReferenceEquals(Volatile.Read(ref _final), announcement))
            return;
        _isOver = true;
        FinalPlayed?.Invoke();
    }

    /// <summary>Lets the sound that was cut off by another one, or by silence, fade into the new frame.</summary>
    private int Join(Span<short> frame, int filled, object? sound)
    {
        // The agent rounds its own end, unless the final announcement cuts it.
        var wasCut = _fade.IsSounding && !ReferenceEquals(sound, _sounding) && (sound is not null || !ReferenceEquals(_sounding, _agentSound));
        if (sound is null)
            frame.Clear();
        if (wasCut)
            filled = Math.Max(filled, AddTail(frame));
        else if (filled < frame.Length && _fade.IsSounding)
            _fade.Forget();   // it has come to its own end
        if (sound is not null && filled == frame.Length)
            _fade.Remember(frame);
        _sounding = sound;
        return sound is null && !wasCut ? 0 : filled;
    }

    private int AddTail(Span<short> frame)
    {
        _fade.Out(_tail, 0, _tail.Length);
        var count = Math.Min(frame.Length, _tail.Length);
        for (var i = 0; i < count; i++)
            frame[i] = (short)Math.Clamp(frame[i] + _tail[i], short.MinValue, short.MaxValue);
        return count;
    }

    private void NoteUnconfirmed()
    {
        if (Pause is null || Pause.Unconfirmed == _unconfirmed)
            return;
        _unconfirmed = Pause.Unconfirmed;
        Response?.WentOn();
    }

    private void NoteLevel(ReadOnlySpan<short> frame, object? sound, bool isPaused, int given)
    {
        var rms = PcmLevel.Rms(frame);
        _echoRms = Math.Max(rms, _echoRms * EchoDecay);
        NoteSilence(rms > AudibleRms, ReferenceEquals(sound, _agentSound), isPaused, frame.Length - given);
        if (rms <= AudibleRms)
            return;
        var now = timeProvider.GetTimestamp();
        Volatile.Write(ref _soundHeardAt, now);
        if (ReferenceEquals(sound, _agentSound))
            Volatile.Write(ref _agentHeardAt, now);
    }

    // Before the agent counts as heard: who learns of that then finds the silence that it ended.
    private void NoteSilence(bool isAudible, bool isAgent, bool isPaused, int missing)
    {
        if (isPaused)
            Silence.Held();
        else if (isAudible)
            Silence.Sound(isAgent);
        if (isPaused)
            Response?.Held();
        else if (isAudible && isAgent)
            Response?.Heard();
        if (!isPaused && !(isAudible && isAgent))
            Silence.Quiet(TimeSpan.FromSeconds((double)missing / agent.SampleRateHz));
    }
}
