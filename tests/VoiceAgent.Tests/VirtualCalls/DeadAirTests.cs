using Support;
using VoiceAgent.Calls;
using VoiceAgent.Tests.ToolCalls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Dead air is measured on the line, put down to its cause, and fillers are kept apart from answers; times as a caller with a stopwatch takes them.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class DeadAirTests
{
    private const int FramesMs = 60;

    private static readonly short[] Speech = Tone.Sine(24_000, 500, 24_000 * 2, 6_000);
    private static readonly short[] SpeechWithPause = [.. Speech, .. new short[24_000], .. Speech];

    [Fact]
    public async Task Answer_of_a_slow_model_is_the_models()
    {
        await using var call = Ask();
        call.Run(1_200);
        AssertOnly(Answer(call), call, DeadAirCause.Model);
    }

    [Fact]
    public async Task Quick_answer_and_pause_within_it_are_no_dead_air()
    {
        await using var call = Ask();
        call.Run(300);
        call.Do(call.Session.SayAsync(SpeechWithPause));
        call.Run(6_000);
        Assert.Empty(call.Record.DeadAir);
    }

    [Fact]
    public async Task Filler_ends_the_silence_but_not_the_wait()
    {
        await using var call = Ask();
        call.RunUntil(() => call.Line.Audible[^1], 3_000);
        call.Run(400);
        var waitMs = Answer(call);
        Assert.Equal([DeadAirEnd.Filler, DeadAirEnd.Answer], call.Record.DeadAir.Select(entry => entry.EndedBy));
        Assert.All(call.Record.DeadAir, entry => Assert.Equal(DeadAirCause.Model, entry.Cause));
        Assert.InRange(call.Record.DeadAir[0].Ms, 1_800 - FramesMs, 1_800 + FramesMs);
        Assert.InRange(call.Record.DeadAir[1].Ms, waitMs - FramesMs, waitMs + FramesMs);
    }

    [Fact]
    public async Task Wait_for_a_tool_is_the_tools_and_so_is_its_filler()
    {
        var tool = new StagedTool("book", new Tools.ToolPolicy());
        await using var call = Ask(tool.Tool);
        call.Run(100);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(2_000);
        tool.Complete("done");
        call.Run(200);
        var waitMs = Answer(call);
        Assert.Equal((DeadAirCause.Tool, DeadAirEnd.Filler), (call.Record.DeadAir[0].Cause, call.Record.DeadAir[0].EndedBy));
        var answer = call.Record.DeadAir[^1];
        Assert.Equal((DeadAirCause.Tool, DeadAirEnd.Answer), (answer.Cause, answer.EndedBy));
        Assert.InRange(answer.Ms, waitMs - FramesMs, waitMs + FramesMs);
    }

    [Fact]
    public async Task Wait_for_a_lost_connection_is_its()
    {
        await using var call = Ask();
        call.Live.Faults.RefuseWithStatus = 503;
        call.Do(call.Session.AbortAsync());
        call.Run(1_000);
        call.Live.Faults.RefuseWithStatus = null;
        call.RunUntil(() => call.Live.Sessions.Count == 2, 5_000);
        call.Run(100);
        Answer(call);
        var answer = call.Record.DeadAir[^1];
        Assert.Equal((DeadAirCause.Reconnect, DeadAirEnd.Answer), (answer.Cause, answer.EndedBy));
    }

    [Fact]
    public async Task Hole_in_a_sentence_is_the_networks()
    {
        await using var call = Ask();
        var speech = call.Session.SayAsync(Tone.Sine(24_000, 500, 24_000 * 4, 6_000));
        call.Run(100);
        call.Do(call.Session.StallAsync(TimeSpan.FromMilliseconds(2_000)));
        call.RunUntil(() => !call.Line.Audible.TakeLast(2).Any(audible => audible), 5_000);
        var quiet = call.Line.Audible.Count - 2;
        call.RunUntil(() => call.Line.Audible[^1], 5_000);
        call.Run(200);
        var entry = call.Record.DeadAir[0];
        Assert.Equal(DeadAirCause.Network, entry.Cause);
        Assert.InRange(entry.Ms, call.LongestSilenceMs(quiet) - FramesMs, call.LongestSilenceMs(quiet) + FramesMs);
        call.Run(4_000);
        Assert.True(speech.IsCompleted);
    }

    private static VirtualCall Ask(params IReadOnlyList<Tools.Tool> tools)
    {
        var call = new VirtualCall(tools: tools);
        call.Start();
        call.CallerSays(1_000);
        return call;
    }

    /// <summary>The agent speaks; returns how long the caller had waited for it, in ms.</summary>
    private static int Answer(VirtualCall call)
    {
        var waitedFrom = 2_000;   // a second of quiet, and a second of the caller's words
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Speech));
        call.Run(1_000);
        var began = call.Line.Audible.FindLastIndex(call.Line.Audible.Count - 1, call.Line.Audible.Count - frame, audible => !audible) + 1;
        return Math.Max(began, frame) * VirtualLine.FrameMs - waitedFrom;
    }

    private static void AssertOnly(int waitMs, VirtualCall call, DeadAirCause cause)
    {
        var entry = Assert.Single(call.Record.DeadAir);
        Assert.Equal((cause, DeadAirEnd.Answer), (entry.Cause, entry.EndedBy));
        Assert.InRange(entry.Ms, waitMs - FramesMs, waitMs + FramesMs);
    }
}
