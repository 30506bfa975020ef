using System.Globalization;
using GeminiLive;
using Tools;
using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Observability;

namespace VoiceAgent.ToolCalls;

/// <summary>Writes what the tools of a call did into its record, and into the metrics: runs, what became of their results, and whether the caller heard of them.</summary>
/// <remarks>Owned by the call's loop.</remarks>
/// <param name="record">The call's record.</param>
/// <param name="metrics">Metrics of all calls.</param>
/// <param name="time">The call's clock.</param>
/// <param name="start">Timestamp of the call's admission.</param>
/// <param name="tell">Adds a line to the timeline.</param>
internal sealed class ToolEntries(CallRecord record, VoiceAgentMetrics metrics, TimeProvider time, long start, Action<string> tell)
{
    // A model that calls without end must not fill the memory; the ledger has all that acted.
    private const int MaxEntries = 1_000;

    private readonly Dictionary<string, Known> _byRequest = new(StringComparer.Ordinal);

    /// <summary>A run has begun, changed or ended.</summary>
    public void Note(ToolInvocation invocation)
    {
        if (Find(invocation) is not { } known)
            return;
        var isFinal = invocation.Outcome != ToolOutcome.Running;
        if (!known.IsRunning && !known.IsEnded)
            Begin(known, invocation);
        Write(known, EntryOf(invocation, record.Tools[known.Index]));
        if (isFinal && !known.IsEnded)
            End(known, invocation);
    }

    /// <summary>A result has been handed to the model, or could not be.</summary>
    public void Note(ToolDelivered delivered)
    {
        if (delivered.How == ToolDelivery.Never || FindRequest(delivered.Answer.Request.Id) is not { } known)
            return;
        known.DeliveredAt = delivered.Timestamp;
        var isSpoken = delivered.Answer.IsBlocking || delivered.Answer.Scheduling != ToolScheduling.Silent;
        known.IsToBeHeard = isSpoken;
        Write(known, record.Tools[known.Index] with { Delivered = delivered.How, HeardByCaller = isSpoken ? false : null });
        if (delivered.How == ToolDelivery.Words)
            tell($"{delivered.Answer.Request.Name}: result told in words");
        NoteDelay(known);
    }

    /// <summary>A turn of the conversation has been heard or cut.</summary>
    public void Note(LiveTurnRecord turn)
    {
        if (turn.Speaker != LiveSpeaker.Agent || turn.PlayedMs == 0)
            return;
        foreach (var known in _byRequest.Values.Where(known => known.IsToBeHeard && turn.Timestamp >= known.DeliveredAt))
        {
            known.IsToBeHeard = false;
            Write(known, record.Tools[known.Index] with { HeardByCaller = true });
        }
    }

    private Known? Find(ToolInvocation invocation)
    {
        if (_byRequest.TryGetValue(invocation.Key, out var known))
            return known;
        if (_byRequest.Count == MaxEntries)
            return null;
        known = new Known(_byRequest.Count, invocation.RequestId, invocation.RequestedAt);
        record.Add(EntryOf(invocation, null));
        return _byRequest[invocation.Key] = known;
    }

    // An id may come again in a later session of the call: the newest call is meant.
    private Known? FindRequest(string requestId) => _byRequest.Values.LastOrDefault(known => known.RequestId == requestId);

    private void Begin(Known known, ToolInvocation invocation)
    {
        known.IsRunning = true;
        metrics.ToolBegun(invocation.Tool);
        tell($"{invocation.Tool} {invocation.Arguments}");
    }

    private void End(Known known, ToolInvocation invocation)
    {
        (known.IsRunning, known.IsEnded) = (false, true);
        metrics.ToolEnded(invocation);
        var note = invocation.Note.Length > 0 ? $" ({invocation.Note})" : "";
        tell(string.Create(CultureInfo.InvariantCulture, $"{invocation.Tool}: {invocation.Outcome} after {invocation.DurationMs ?? 0:F0} ms, {invocation.ResultBytes} bytes{note}"));
        NoteDelay(known);
    }

    /// <summary>Measures the time from the end of the work to the handing over, once both are known.</summary>
    private void NoteDelay(Known known)
    {
        var entry = record.Tools[known.Index];
        if (known.DeliveredAt is not { } deliveredAt || entry is not { DurationMs: { } durationMs, DeliveredAfterMs: null } || !known.IsEnded)
            return;
        var afterMs = Math.Max(0, time.GetElapsedTime(known.RequestedAt, deliveredAt).TotalMilliseconds - durationMs);
        Write(known, entry with { DeliveredAfterMs = Math.Round(afterMs, 3) });
        metrics.ToolDelivered(entry, afterMs);
    }

    private void Write(Known known, ToolEntry entry) => record.Replace(known.Index, entry);

    private ToolEntry EntryOf(ToolInvocation invocation, ToolEntry? before) => new()
    {
        AtMs = Math.Round(time.GetElapsedTime(start, invocation.RequestedAt).TotalMilliseconds, 1),
        Tool = invocation.Tool,
        Arguments = invocation.Arguments,
        Key = invocation.Key,
        Behavior = invocation.Behavior,
        Scheduling = invocation.Scheduling,
        Outcome = invocation.Outcome,
        StartedAfterMs = Rounded(invocation.StartedAfterMs),
        DurationMs = Rounded(invocation.DurationMs),
        ResultBytes = invocation.ResultBytes,
        Result = invocation.Result,
        Attempts = invocation.Attempts,
        DuplicateOf = invocation.DuplicateOf,
        Note = invocation.Note,
        Delivered = before?.Delivered ?? ToolDelivery.Never,
        DeliveredAfterMs = before?.DeliveredAfterMs,
        HeardByCaller = before?.HeardByCaller == true ? true : invocation.Scheduling == ToolScheduling.Silent ? null : false,
    };

    private static double? Rounded(double? ms) => ms is { } value ? Math.Round(value, 3) : null;

    private sealed class Known(int index, string requestId, long requestedAt)
    {
        public int Index => index;

        public string RequestId => requestId;

        public long RequestedAt => requestedAt;

        public bool IsRunning { get; set; }

        public bool IsEnded { get; set; }

        public long? DeliveredAt { get; set; }

        public bool IsToBeHeard { get; set; }
    }
}
