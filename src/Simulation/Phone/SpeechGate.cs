using System.Diagnostics;

namespace Simulation.Phone;

/// <summary>Tells agent speech from silence by the level of arriving packets, with times exact to a packet.</summary>
/// <remarks>Owned by the phone clock's thread; any thread may read.</remarks>
internal sealed class SpeechGate(CallerOptions options, CallTimeline timeline)
{
    private long _lastLoud;
    private long _speechStart;
    private int _spurts;

    /// <summary>Stopwatch timestamp of the last packet at speech level; 0 before the first.</summary>
    public long LastLoud => Volatile.Read(ref _lastLoud);

    /// <summary>Stopwatch timestamp of the first packet of the latest stretch of speech.</summary>
    public long SpeechStart => Volatile.Read(ref _speechStart);

    /// <summary>Stretches of speech begun so far.</summary>
    public int Spurts => Volatile.Read(ref _spurts);

    /// <summary>Whether a stretch of speech is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Takes one packet's level.</summary>
    public void Add(double levelDbov, long arrivalTimestamp)
    {
        if (levelDbov < options.SpeechThresholdDbov)
            return;
        Volatile.Write(ref _lastLoud, arrivalTimestamp);
        if (IsOpen)
            return;
        IsOpen = true;
        Volatile.Write(ref _speechStart, arrivalTimestamp);
        Volatile.Write(ref _spurts, _spurts + 1);
        timeline.AddAt(Since(arrivalTimestamp), CallEventKind.AgentSpeaking, "agent speaks");
    }

    /// <summary>Closes the stretch once it has been quiet for long enough.</summary>
    public void Tick(long now)
    {
        if (!IsOpen || Stopwatch.GetElapsedTime(_lastLoud, now) < options.SpeechHangover)
            return;
        IsOpen = false;
        var spoken = Stopwatch.GetElapsedTime(_speechStart, _lastLoud);
        timeline.AddAt(Since(_lastLoud), CallEventKind.AgentSilent, $"agent silent after {spoken.TotalSeconds:F1} s");
    }

    private TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timeline.StartTimestamp, timestamp);
}
