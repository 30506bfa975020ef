using Simulation.Phone;
using VoiceAgent.Calls;

namespace VoiceAgent.Commands;

/// <summary>Prints both views of the demo's call as one timeline: what the caller hears, and what the service does.</summary>
/// <remarks>Lines wait a moment, since some are noticed late (silence only after a while), and leave in the order in which things happened.</remarks>
internal sealed class DemoPrinter : ICallObserver, IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(800);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, double> _waiting = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly ITimer _printing;
    private double _dialledAt;
    private double? _admittedAt;

    public DemoPrinter() => _printing = TimeProvider.System.CreateTimer(_ => PrintUntil(Now - Delay.TotalSeconds), null, Delay / 4, Delay / 4);

    /// <summary>The service's record, once the call is over.</summary>
    public CallRecord? Record { get; private set; }

    private double Now => TimeProvider.System.GetElapsedTime(_start).TotalSeconds - _dialledAt;

    /// <summary>An event at the caller's phone.</summary>
    public void Print(CallEvent happened) => Add(happened.At.TotalSeconds, "phone", Describe(happened));

    /// <summary>Starts the timeline.</summary>
    public void Dial() => _dialledAt = TimeProvider.System.GetElapsedTime(_start).TotalSeconds;

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
        _admittedAt ??= Now - (entry.AtMs / 1_000);
        var who = entry.Kind switch
        {
            TimelineKind.Agent => "AGENT",
            TimelineKind.Caller => "CALLER",
            _ => "service",
        };
        Add(_admittedAt.Value + (entry.AtMs / 1_000), who, Describe(entry));
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record) => Record = record;

    /// <summary>Prints what still waits.</summary>
    public void Flush() => PrintUntil(double.MaxValue);

    /// <inheritdoc/>
    public void Dispose() => _printing.Dispose();

    private static string Describe(TimelineEntry entry) => entry.Kind switch
    {
        TimelineKind.Agent or TimelineKind.Caller => $"\"{entry.Text}\"",
        TimelineKind.Digit => $"digit {entry.Text}",
        TimelineKind.Live => $"Live: {entry.Text}",
        TimelineKind.Line => entry.Text,
        TimelineKind.State => $"state {entry.Text}",
        _ => entry.Text,
    };

    private static string Describe(CallEvent happened) => happened.Kind switch
    {
        CallEventKind.AgentSpeaking => "hears the agent",
        CallEventKind.AgentSilent => "hears the agent stop",
        CallEventKind.CallerSpeaking => "the caller speaks",
        CallEventKind.CallerSilent => "the caller stops",
        _ => happened.Text,
    };

    private void Add(double seconds, string who, string what)
    {
        lock (_gate)
            _waiting.Enqueue($"{seconds,7:F3}  {who,-8}{what}", seconds);
    }

    private void PrintUntil(double seconds)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var line, out var at) && at <= seconds)
            {
                Console.WriteLine(line);
                _waiting.Dequeue();
            }
        }
    }
}
