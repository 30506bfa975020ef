using GeminiLive;
using Simulation.Live;
using Support;
using Tools;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;
using VoiceAgent.ToolCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>The same tools under the same configuration on every model family: what differs is how the model is told, not when the caller hears of it.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolFamilyTests
{
    private const string Result = "R-4417";

    private static readonly short[] Sentence = Tone.Sine(24_000, 500, 24_000 * 3, 6_000);

    private static readonly (string Model, LiveBackend Backend)[] Families =
    [
        ("gemini-2.5-flash-native-audio-preview-09-2025", LiveBackend.DeveloperApi),
        ("gemini-live-2.5-flash-native-audio", LiveBackend.Vertex),
        ("gemini-3.1-flash-live-preview", LiveBackend.DeveloperApi),
        ("gemini-3.8-live", LiveBackend.DeveloperApi),
        ("gemini-3.8-live", LiveBackend.Vertex),
        ("gemini-3.8-live-extended-thinking", LiveBackend.DeveloperApi),
    ];

    public static TheoryData<string, LiveBackend, ToolBehavior, ToolScheduling> Cells
    {
        get
        {
            var cells = new TheoryData<string, LiveBackend, ToolBehavior, ToolScheduling>();
            foreach (var (model, backend) in Families)
            {
                cells.Add(model, backend, ToolBehavior.Blocking, ToolScheduling.WhenIdle);
                foreach (var scheduling in Enum.GetValues<ToolScheduling>())
                    cells.Add(model, backend, ToolBehavior.NonBlocking, scheduling);
            }
            return cells;
        }
    }

    [Theory, MemberData(nameof(Cells))]
    public async Task Result_reaches_the_model_at_its_moment(string model, LiveBackend backend, ToolBehavior behavior, ToolScheduling scheduling)
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = behavior, Scheduling = scheduling });
        await using var call = NewCall(model, backend, tool);
        call.Start();
        call.CallerSays(1_000);
        if (behavior == ToolBehavior.NonBlocking)
            call.Do(call.Session.SayAsync(Sentence, "I will book that."));   // 3 s that come within 0.3 s
        call.Run(400);
        var calledAtMs = call.NowMs;
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(600);
        Assert.Equal(1, tool.Started);
        var spokenUntilMs = calledAtMs - 400 + 3_000;
        var endedAtMs = call.NowMs;
        tool.Complete(Result);
        call.Run(60);

        var isNative = behavior == ToolBehavior.Blocking || model.StartsWith("gemini-2.5", StringComparison.Ordinal) || model.StartsWith("gemini-live", StringComparison.Ordinal) || model == "gemini-3.8-live";
        if (!isNative)
            Assert.InRange(Told(call, "Started.")!.Value - calledAtMs, 80, 140);
        if (isNative || scheduling == ToolScheduling.Interrupt)
            Assert.InRange(Told(call, Result)!.Value - endedAtMs, 0, 40);
        else
            Assert.Null(Told(call, Result));

        if (!isNative && scheduling == ToolScheduling.Interrupt)
            AssertCut(call);
        call.Run(3_000);
        if (!isNative && scheduling == ToolScheduling.WhenIdle)
            Assert.InRange(Told(call, Result)!.Value - spokenUntilMs, 0, 200);
        if (scheduling == ToolScheduling.Silent && !isNative)
        {
            Assert.Null(Told(call, Result));
            call.CallerSays(600);
            Assert.NotNull(Told(call, Result));
        }
        AssertDeclared(call, behavior, model);
        call.Do(call.Session.SayAsync(Sentence, "It is booked."));
        call.Run(3_500);
        call.Line.HangUp();
        call.Run(200);
        AssertRecord(call, behavior, scheduling, isNative ? ToolDelivery.Response : ToolDelivery.Words);
    }

    private static VirtualCall NewCall(string model, LiveBackend backend, StagedTool tool)
    {
        var options = new LiveOptions { Model = model, Backend = backend.ToString() };
        if (backend == LiveBackend.Vertex)
            (options.Project, options.Location) = ("project", "us-central1");
        return new VirtualCall(liveOptions: options, tools: tool.Tool);
    }

    /// <summary>When the model was first told something, in ms; null when it was not.</summary>
    private static int? Told(VirtualCall call, string what)
    {
        var message = call.Session.Messages.FirstOrDefault(message => message.Json.Contains(what, StringComparison.Ordinal));
        return message.Json is null ? null : (int)call.Clock.GetElapsedTime(0, message.Timestamp).TotalMilliseconds;
    }

    private static void AssertCut(VirtualCall call)
    {
        var frame = call.Line.Audible.Count;
        Assert.Contains(true, call.Line.Audible.Skip(frame - 10));
        call.Run(500);
        Assert.DoesNotContain(true, call.Line.Audible.Skip(frame));
    }

    private static void AssertDeclared(VirtualCall call, ToolBehavior behavior, string model)
    {
        var setup = call.Session.Messages[0].Json;
        var declared = setup.Contains("\"NON_BLOCKING\"", StringComparison.Ordinal) ? "NON_BLOCKING" : setup.Contains("\"BLOCKING\"", StringComparison.Ordinal) ? "BLOCKING" : "";
        Assert.Equal(
            model.StartsWith("gemini-3.1", StringComparison.Ordinal) ? "" : behavior == ToolBehavior.NonBlocking || model.EndsWith("thinking", StringComparison.Ordinal) ? "NON_BLOCKING" : "BLOCKING",
            declared);
        Assert.DoesNotContain(call.Session.Events, happened => happened.Kind == SessionEventKind.Closed);
    }

    private static void AssertRecord(VirtualCall call, ToolBehavior behavior, ToolScheduling scheduling, ToolDelivery how)
    {
        var entry = Assert.Single(call.Record.Tools);
        Assert.Equal(("book", behavior, ToolOutcomeOf(call), how), (entry.Tool, entry.Behavior, entry.Outcome.ToString(), entry.Delivered));
        Assert.Equal(behavior == ToolBehavior.Blocking || scheduling != ToolScheduling.Silent ? true : null, entry.HeardByCaller);
        Assert.True(entry.DeliveredAfterMs >= 0, $"{entry}");
        Assert.NotNull(Assert.Single(call.Ledger.Entries).DeliveredAt);
        Assert.Contains(call.Record.Timeline, step => step.Kind == TimelineKind.Tool);
        Assert.Equal(0, call.Record.Interruptions);   // the caller has cut nobody off
    }

    private static string ToolOutcomeOf(VirtualCall call) => Assert.Single(call.Ledger.Entries).Outcome.ToString();
}
