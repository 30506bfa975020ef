using System.Diagnostics;

namespace Simulation.Phone;

/// <summary>What kind of thing happened in a simulated call.</summary>
public enum CallEventKind
{
    /// <summary>The INVITE was sent.</summary>
    Dialled,

    /// <summary>180 or 183 came.</summary>
    Ringing,

    /// <summary>The 200 came and was acknowledged.</summary>
    Answered,

    /// <summary>The agent's first RTP packet came.</summary>
    MediaStarted,

    /// <summary>The agent's level rose above the speech threshold.</summary>
    AgentSpeaking,

    /// <summary>The agent's level fell below the speech threshold and stayed there; the time is that of the last loud packet.</summary>
    AgentSilent,

    /// <summary>The caller's first frame of queued speech was sent.</summary>
    CallerSpeaking,

    /// <summary>The caller's last frame of queued speech was sent, or the rest was thrown away.</summary>
    CallerSilent,

    /// <summary>The caller pressed a digit.</summary>
    Digit,

    /// <summary>The caller put the agent on hold.</summary>
    Held,

    /// <summary>The caller came back from hold.</summary>
    Resumed,

    /// <summary>A request of the agent was answered.</summary>
    RequestReceived,

    /// <summary>The call is over.</summary>
    Ended,

    /// <summary>Something went wrong that did not end the call.</summary>
    Trouble,
}

/// <summary>One thing that happened in a simulated call.</summary>
/// <param name="At">Time since the call was dialled.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Text">For a person to read.</param>
public sealed record CallEvent(TimeSpan At, CallEventKind Kind, string Text);

/// <summary>Everything that happened in one simulated call, in the order it was noticed: the demo prints it, tests read it.</summary>
/// <remarks>Written by the caller's signalling loop and the phone clock; any thread may read. Bounded.</remarks>
public sealed class CallTimeline
{
    private const int MaxEvents = 10_000;   // a call that produces more is broken: the rest is dropped

    private readonly Lock _gate = new();
    private readonly List<CallEvent> _events = [];
    private readonly long _start = Stopwatch.GetTimestamp();

    private readonly Action<CallEvent>? _observer;

    internal CallTimeline(Action<CallEvent>? observer = null) => _observer = observer;

    /// <summary>Stopwatch timestamp of time zero: the moment of dialling.</summary>
    public long StartTimestamp => _start;

    /// <summary>Time since the call was dialled.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>A copy of the events so far.</summary>
    public IReadOnlyList<CallEvent> Events { get { lock (_gate) return [.. _events]; } }

    /// <summary>The first event of a kind, or null.</summary>
    public CallEvent? First(CallEventKind kind)
    {
        lock (_gate)
            return _events.Find(e => e.Kind == kind);
    }

    internal void Add(CallEventKind kind, string text) => AddAt(Now, kind, text);

    internal void AddAt(TimeSpan at, CallEventKind kind, string text)
    {
        var added = new CallEvent(at, kind, text);
        lock (_gate)
        {
            if (_events.Count >= MaxEvents)
                return;
            _events.Add(added);
        }
        _observer?.Invoke(added);
    }
}
