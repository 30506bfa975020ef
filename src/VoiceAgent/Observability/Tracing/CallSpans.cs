using System.Diagnostics;
using VoiceAgent.Calls;

namespace VoiceAgent.Observability.Tracing;

/// <summary>The spans of a call, made from its record; without a word of what was said.</summary>
internal static class CallSpans
{
    // Between the arrival of a turn and its first sample on the line.
    private const double Slack = 500;

    private const string Provider = "gcp.gemini";

    /// <summary>All of them but the call's own.</summary>
    public static IEnumerable<CallSpan> Of(CallRecord record) => [.. Beginning(record), .. Turns(record), .. Silences(record), .. Reconnects(record)];

    /// <summary>What the call's own span says.</summary>
    /// <param name="record">The call.</param>
    /// <param name="withNumbers">Whether it names caller and callee.</param>
    public static IEnumerable<(string Key, object? Value)> Attributes(CallRecord record, bool withNumbers)
    {
        yield return ("network.protocol.name", "sip");
        yield return (SpanCatalog.CallId, record.CallId);
        yield return (SpanCatalog.SipCallId, record.SipCallId);
        yield return (SpanCatalog.Direction, record.Direction == CallDirection.Outbound ? "outbound" : "inbound");
        yield return (SpanCatalog.Agent, record.Agent);
        yield return (SpanCatalog.Trunk, record.Trunk);
        yield return (SpanCatalog.EndReason, record.EndReason?.ToString());
        yield return (SpanCatalog.Provider, Provider);
        yield return (SpanCatalog.Model, record.Model);
        yield return (SpanCatalog.InputTokens, record.Usage?.PromptTokens);
        yield return (SpanCatalog.OutputTokens, record.Usage is { } usage ? usage.ResponseTokens + usage.ThoughtTokens : null);
        if (!withNumbers)
            yield break;
        yield return (SpanCatalog.CallerNumber, record.CallerNumber);
        yield return (SpanCatalog.DialledNumber, record.DialledNumber);
    }

    /// <summary>What went wrong with a call; null when nothing did.</summary>
    public static string? Failure(CallRecord record) => record.EndReason is { } reason && EndReasons.IsFailure(reason) ? reason.ToString() : null;

    private static IEnumerable<CallSpan> Beginning(CallRecord record)
    {
        if (record.AnsweredAfterMs is { } answered)
        {
            yield return new(SpanCatalog.Signalling, ActivityKind.Internal, 0, answered, []);
            if (record.FirstAudioAfterMs is { } heard)
                yield return new(SpanCatalog.MediaStart, ActivityKind.Internal, answered, heard, []);
        }
        if (record.LiveReadyAfterMs is { } ready)
            yield return new(SpanCatalog.LiveSetup, ActivityKind.Client, Math.Max(0, ready - (record.LiveSetupMs ?? 0)), ready, [(SpanCatalog.Provider, Provider), (SpanCatalog.Model, record.Model)]);
    }

    private static IEnumerable<CallSpan> Turns(CallRecord record)
    {
        var responses = new Queue<ResponseEntry>(record.Responses);
        foreach (var turn in record.Transcript.Where(turn => turn is { Speaker: "agent", AudioPlayedMs: > 0 }))
        {
            // The first sample is heard a little after the turn's first words or audio came, and before the next turn's.
            while (responses.TryPeek(out var early) && early.AtMs < turn.AtMs)
                responses.Dequeue();
            var response = responses.TryPeek(out var next) && next.AtMs <= turn.AtMs + turn.AudioPlayedMs + Slack ? responses.Dequeue() : null;
            var heardAt = response?.AtMs ?? turn.AtMs;
            yield return new(SpanCatalog.Turn, ActivityKind.Internal, heardAt - (response?.LatencyMs ?? 0), heardAt + (turn.AudioPlayedMs ?? 0),
                [(SpanCatalog.LatencyMs, response?.LatencyMs), (SpanCatalog.AudioMs, turn.AudioPlayedMs), (SpanCatalog.Interrupted, turn.Interrupted)]);
        }
    }

    private static IEnumerable<CallSpan> Silences(CallRecord record) => record.DeadAir.Select(silence => new CallSpan(
        SpanCatalog.Silence, ActivityKind.Internal, silence.AtMs - silence.Ms, silence.AtMs,
        [(SpanCatalog.Cause, silence.Cause.ToString()), (SpanCatalog.EndedBy, silence.EndedBy.ToString())]));

    private static IEnumerable<CallSpan> Reconnects(CallRecord record) => record.Reconnects.Select(reconnect => new CallSpan(
        SpanCatalog.LiveReconnect, ActivityKind.Client, reconnect.AtMs, reconnect.GapMs is { } gap ? reconnect.AtMs + gap : record.DurationMs,
        [(SpanCatalog.Provider, Provider), (SpanCatalog.Planned, reconnect.IsPlanned), (SpanCatalog.Cause, reconnect.Cause)],
        reconnect.GapMs is null ? reconnect.Cause : null));
}
