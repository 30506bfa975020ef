using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using VoiceAgent.Calls;

namespace VoiceAgent.Observability.Tracing;

/// <summary>One trace for each call: the call's span lives as long as the call, tools hang theirs below it while they run, all others are made from the record when the call is over.</summary>
/// <remarks>Each call's part is touched by that call's loop only. Costs nothing while nobody listens to the sources <see cref="SourceName"/> and <see cref="Tools.Invocation.ToolTracing.SourceName"/>; nothing of it is on the media path.</remarks>
internal sealed class CallTracing(IOptions<TelemetryOptions> options, TimeProvider time) : ICallObserver
{
    /// <summary>Name of the source of all spans but the tools'.</summary>
    public const string SourceName = "VoiceAgent";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly ConcurrentDictionary<string, Activity> _calls = new(StringComparer.Ordinal);

    /// <summary>What spans of a call hang below; begins its trace where there is none yet. Nothing while nobody listens.</summary>
    /// <param name="callId">Our id of the call.</param>
    /// <param name="isOutbound">Whether we make it.</param>
    public ActivityContext Begin(string callId, bool isOutbound)
    {
        if (!Source.HasListeners())
            return default;
        if (_calls.TryGetValue(callId, out var known))
            return known.Context;
        if (Start(SpanCatalog.Call, isOutbound ? ActivityKind.Client : ActivityKind.Server, default, time.GetUtcNow()) is not { } call)
            return default;
        _calls[callId] = call;
        return call.Context;
    }

    /// <inheritdoc/>
    public void OnTimeline(CallRecord record, TimelineEntry entry)
    {
        // The first entry comes with the call's first step.
        if (record.Timeline.Count <= 1)
            Begin(record.CallId, record.Direction == CallDirection.Outbound);
    }

    /// <inheritdoc/>
    public void OnEnded(CallRecord record)
    {
        if (!_calls.TryRemove(record.CallId, out var call))
            return;
        call.SetStartTime(record.StartedAt.UtcDateTime);
        if (call.IsAllDataRequested)
        {
            foreach (var span in CallSpans.Of(record))
                Write(call.Context, span, record.StartedAt);
            foreach (var (key, value) in CallSpans.Attributes(record, options.Value.NumbersInTraces))
                call.SetTag(key, value);
            if (CallSpans.Failure(record) is { } failure)
                call.SetStatus(ActivityStatusCode.Error, failure);
        }
        End(call, record.StartedAt.AddMilliseconds(record.DurationMs));
    }

    private static void Write(ActivityContext call, CallSpan span, DateTimeOffset callStart)
    {
        if (Start(span.Name, span.Kind, call, callStart.AddMilliseconds(span.FromMs)) is not { } activity)
            return;
        foreach (var (key, value) in span.Attributes)
            activity.SetTag(key, value);
        if (span.Error is { } error)
            activity.SetStatus(ActivityStatusCode.Error, error);
        End(activity, callStart.AddMilliseconds(Math.Max(span.FromMs, span.ToMs)));
    }

    // Nothing of a call belongs to what happens to be current on this thread, and nothing shall find it there.
    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent, DateTimeOffset at)
    {
        var before = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity(name, kind, parent, tags: null, links: null, at);
        Activity.Current = before;
        return activity;
    }

    private static void End(Activity activity, DateTimeOffset at)
    {
        var before = Activity.Current;
        activity.SetEndTime(at.UtcDateTime);
        activity.Stop();
        Activity.Current = before;
    }
}
