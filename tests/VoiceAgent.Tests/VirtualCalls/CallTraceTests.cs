using System.Collections.Concurrent;
using System.Diagnostics;
using Simulation.Live;
using Support;
using Tools;
using Tools.Invocation;
using Tools.Plugins;
using VoiceAgent.Calls;
using VoiceAgent.Observability.Tracing;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>The trace of a call: its spans, how they hang together, when they begin and end, and what they do not say (A33).</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class CallTraceTests
{
    private static readonly short[] Words = Tone.Sine(24_000, 500, 24_000, 6_000);

    private readonly ConcurrentQueue<Activity> _ended = [];

    [Fact]
    public async Task Spans_cover_the_parts_of_the_call_and_hang_below_it()
    {
        using var listener = Listen();
        await using var call = new VirtualCall();
        call.Start();
        call.CallerSays(1_000);
        call.Run(600);
        call.Do(call.Session.SayAsync(Words));
        call.Run(2_000);
        var trace = call.Tracing.Begin("virtual1", isOutbound: false).TraceId;
        call.Line.HangUp();
        call.Run(200);

        var spans = _ended.Where(span => span.TraceId == trace).ToList();
        var root = Assert.Single(spans, span => span.OperationName == SpanCatalog.Call);
        Assert.Equal((ActivityKind.Server, default(ActivitySpanId), ActivityStatusCode.Unset), (root.Kind, root.ParentSpanId, root.Status));
        Assert.All(spans.Where(span => span != root), span => Assert.Equal(root.SpanId, span.ParentSpanId));
        Assert.Equal(["live setup", "media start", "signalling", "silence", "turn"],
            spans.Where(span => span != root).Select(span => span.OperationName).Order(StringComparer.Ordinal));
        Assert.Equal(call.Record.StartedAt.UtcDateTime, root.StartTimeUtc);
        Assert.Equal(call.Record.DurationMs, root.Duration.TotalMilliseconds, 0.01);
        Assert.Equal("CallerHungUp", root.GetTagItem(SpanCatalog.EndReason));
        var turn = spans.Single(span => span.OperationName == SpanCatalog.Turn);
        var response = Assert.Single(call.Record.Responses);
        Assert.Equal(response.LatencyMs, turn.GetTagItem(SpanCatalog.LatencyMs));
        Assert.InRange(response.LatencyMs, 500, 900);
        Assert.Equal(response.AtMs - response.LatencyMs, (turn.StartTimeUtc - root.StartTimeUtc).TotalMilliseconds, 0.01);
        Assert.All(spans, span => Assert.InRange(span.StartTimeUtc + span.Duration, root.StartTimeUtc, root.StartTimeUtc + root.Duration + TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Tool_runs_in_a_span_of_its_own_below_the_calls()
    {
        using var listener = Listen();
        Activity? seen = null;
        var tool = ToolMethods.From(() => { seen = Activity.Current; return "canary-result"; }, "look", "Looks.", new ToolPolicy { Idempotent = true });
        await using var call = new VirtualCall(tools: [tool]);
        call.Start();
        var trace = call.Tracing.Begin("virtual1", isOutbound: false);
        call.Do(call.Session.CallToolAsync("look", """{"who":"canary-argument"}"""));
        call.Run(200);
        call.Line.HangUp();
        call.Run(200);

        var span = Assert.Single(_ended, span => span.TraceId == trace.TraceId && span.OperationName == "execute_tool look");
        Assert.Equal((trace.SpanId, span.SpanId), (span.ParentSpanId, seen?.SpanId));
        Assert.Equal(("execute_tool", "look", "Succeeded"),
            (span.GetTagItem(ToolTracing.OperationName), span.GetTagItem(ToolTracing.ToolName), span.GetTagItem(ToolTracing.Outcome)));
        var said = _ended.SelectMany(one => one.TagObjects).Select(tag => $"{tag.Value}").ToList();
        Assert.DoesNotContain(said, value => value.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Failed_call_is_an_error()
    {
        using var listener = Listen();
        await using var call = new VirtualCall(new SimulatedLiveOptions { AutoAnswer = false });
        call.Live.Faults.RefuseWithStatus = 403;
        call.Begin();
        call.RunUntil(() => call.State == CallState.Ended, 20_000);
        call.Run(200);
        var root = Assert.Single(_ended, span => span.OperationName == SpanCatalog.Call);
        Assert.Equal((ActivityStatusCode.Error, "LiveSetupFailed"), (root.Status, root.StatusDescription));
    }

    [Fact]
    public void Numbers_are_in_spans_only_where_that_is_wanted()
    {
        foreach (var wanted in (bool[])[false, true])
        {
            var record = new CallRecord { CallId = "a", SipCallId = "b", From = "sip:+4930999@x", CallerNumber = "+4930999", DialledNumber = "+4930777", Agent = "reception", StartedAt = DateTimeOffset.UnixEpoch };
            var values = CallSpans.Attributes(record, wanted).Select(attribute => $"{attribute.Value}").ToList();
            Assert.Equal(wanted, values.Contains("+4930999"));
            Assert.Equal(wanted, values.Contains("+4930777"));
        }
    }

    [Fact]
    public async Task Where_nobody_listens_there_is_no_trace()
    {
        Activity? seen = null;
        var tool = ToolMethods.From(() => { seen = Activity.Current; return "x"; }, "look", "Looks.", new ToolPolicy { Idempotent = true });
        await using var call = new VirtualCall(tools: [tool]);
        call.Start();
        Assert.Equal(default, call.Tracing.Begin("virtual1", isOutbound: false));
        call.Do(call.Session.CallToolAsync("look"));
        call.Run(200);
        Assert.Null(seen);
    }

    [Fact]
    public void Every_attribute_of_a_span_is_explained() =>
        Assert.Empty(SpanCatalog.All.SelectMany(span => span.Attributes).Except(SpanCatalog.Meanings.Keys, StringComparer.Ordinal));

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is CallTracing.SourceName or ToolTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
