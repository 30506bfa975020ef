using Simulation.Phone;
using VoiceAgent.Calls;

namespace VoiceAgent.Commands;

/// <summary>Prints both views of the demo's call as one timeline: what the caller hears, and what the service does.</summary>
internal sealed class DemoPrinter : ICallObserver
{
    private readonly Lock _gate = new();

    /// <summary>The service's record, once the call is over.</summary>
    public CallRecord? Record { get; private set; }

    /// <summary>An event at the caller's phone.</summary>
    public void Print(CallEvent happened) => Write(happened.At.TotalSeconds, "phone", Describe(happened));

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
        // The caller's clock starts at dialling, the record's at admission: a few milliseconds on one machine.
        var who = entry.Kind switch
        {
            TimelineKind.Agent => "AGENT",
            TimelineKind.Caller => "CALLER",
            _ => "service",
        };
        Write(entry.AtMs / 1_000, who, entry.Kind is TimelineKind.Agent or TimelineKind.Caller ? $"\"{entry.Text}\"" : Describe(entry));
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record) => Record = record;

    private static string Describe(TimelineEntry entry) => entry.Kind switch
    {
        TimelineKind.Digit => $"digit {entry.Text}",
        TimelineKind.Live => $"Live: {entry.Text}",
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

    private void Write(double seconds, string who, string what)
    {
        lock (_gate)
            Console.WriteLine($"{seconds,7:F3}  {who,-8}{what}");
    }
}
