using GeminiLive;
using Simulation.Live;
using Support;
using Tools;
using VoiceAgent.Calls;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>Goal B29: what a caller hears while a tool runs, measured in the samples on the line.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolSilenceTests
{
    private const string Blocked = "gemini-3.1-flash-live-preview";

    private static readonly short[] Speech = Tone.Sine(24_000, 500, 24_000 * 2, 6_000);
    private static readonly ToolPolicy NonBlocking = new() { Behavior = ToolBehavior.NonBlocking };

    // Model, whether it waits, and what it says before it calls.
    public static TheoryData<string, ToolBehavior, int> Waits => new()
    {
        { "gemini-3.8-live", ToolBehavior.Blocking, 0 },
        { "gemini-3.8-live", ToolBehavior.Blocking, 1_000 },
        { "gemini-3.8-live", ToolBehavior.NonBlocking, 1_000 },
        { Blocked, ToolBehavior.Blocking, 1_000 },
        { Blocked, ToolBehavior.NonBlocking, 1_000 },
        { "gemini-3.8-live-extended-thinking", ToolBehavior.Blocking, 1_000 },
    };

    [Theory, MemberData(nameof(Waits))]
    public async Task B29_Filler_begins_within_a_second_of_the_gap_and_ends_within_a_frame_of_speech(string model, ToolBehavior behavior, int saysMs)
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = behavior, Scheduling = ToolScheduling.Interrupt });
        await using var call = New(model, tool);
        call.Start();
        call.CallerSays(1_000);
        var gap = call.Line.Audible.Count;
        call.Run(200);
        if (saysMs > 0)
            gap = Say(call, saysMs);
        call.Do(call.Session.CallToolAsync("book"));
        var beganMs = FirstAudible(call, gap);
        Assert.InRange(beganMs, 800 - 50, 1_000 + 50);

        call.Run(1_000);
        tool.Complete("done");
        call.Run(100);
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Speech, "It is done."));
        call.Run(1_000);
        AssertOnlySpeech(call, frame);
    }

    [Theory]
    [InlineData("gemini-3.8-live", ToolBehavior.Blocking, true)]
    [InlineData("gemini-3.8-live", ToolBehavior.Blocking, false)]
    [InlineData("gemini-3.8-live", ToolBehavior.NonBlocking, true)]
    [InlineData("gemini-3.8-live", ToolBehavior.NonBlocking, false)]
    [InlineData(Blocked, ToolBehavior.Blocking, false)]
    [InlineData(Blocked, ToolBehavior.NonBlocking, true)]
    [InlineData("gemini-3.8-live-extended-thinking", ToolBehavior.NonBlocking, false)]
    public async Task B29_No_silence_is_longer_than_three_seconds_however_long_the_tool_takes_and_nobody_is_blamed(string model, ToolBehavior behavior, bool hasFiller)
    {
        var tool = new StagedTool("book", new ToolPolicy { Behavior = behavior });
        await using var call = New(model, tool, hasFiller);
        call.Start();
        call.CallerSays(1_000);
        var from = Say(call, 1_000);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(200);
        if (model != "gemini-3.8-live" && behavior == ToolBehavior.NonBlocking)
            Say(call, 1_000);   // "it is started": from then on it owes nothing
        call.Run(60_000);

        Assert.True(call.LongestSilenceMs(from) <= 3_000, $"{call.LongestSilenceMs(from)} ms of silence\n{call.Story}");
        Assert.DoesNotContain(call.Record.Silences, step => step.Action is SilenceAction.Nudge or SilenceAction.Reconnect or SilenceAction.Apologise);
        Assert.Single(call.Live.Sessions);
        Assert.Null(call.Line.End);
    }

    [Fact]
    public async Task Connection_that_is_lost_during_a_long_tool_has_all_the_time_of_a_lost_connection()
    {
        var tool = new StagedTool("book", new ToolPolicy());
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        var from = Say(call, 1_000);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(25_000);
        call.Live.Faults.RefuseWithStatus = 503;
        call.Do(call.Session.AbortAsync());
        call.Run(5_000);
        call.Live.Faults.RefuseWithStatus = null;
        call.RunUntil(() => call.Record.LiveResumes == 1, 3_000);
        call.Run(25_000);
        Assert.Null(call.Line.End);
        Assert.DoesNotContain(call.Record.Silences, step => step.Action is SilenceAction.Nudge or SilenceAction.Reconnect or SilenceAction.Apologise);
        Assert.True(call.LongestSilenceMs(from) <= 3_000, $"{call.LongestSilenceMs(from)} ms of silence\n{call.Story}");
    }

    [Fact]
    public async Task Result_that_is_never_spoken_brings_the_other_rungs_from_its_answer_on()
    {
        var tool = new StagedTool("look", new ToolPolicy());
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        call.Do(call.Session.CallToolAsync("look"));
        call.Run(20_000);
        tool.Complete("found");
        var answeredMs = call.NowMs;
        call.Run(10_000);

        var steps = call.Record.Silences.Where(step => step.Action is SilenceAction.Nudge or SilenceAction.Reconnect).ToList();
        Assert.Equal([SilenceAction.Nudge, SilenceAction.Reconnect], steps.Select(step => step.Action));
        Assert.InRange(steps[0].AtMs - answeredMs, 4_900, 5_100);
        Assert.InRange(steps[1].AtMs - answeredMs, 7_900, 8_100);
    }

    [Fact]
    public async Task Agent_is_asked_for_words_of_its_own_where_it_can_speak_and_the_sound_follows_if_it_does_not()
    {
        var tool = new StagedTool("book", NonBlocking with { Filler = new ToolFiller { Text = "One moment, I am looking." } });
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        var gap = Say(call, 1_000);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(1_000);
        var asked = Assert.Single(call.Session.Events, happened => happened.Kind == SessionEventKind.TextReceived);
        Assert.Contains("One moment, I am looking.", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(true, call.Line.Audible.Skip(gap));
        Assert.InRange(FirstAudible(call, gap), 1_700, 1_900);
        Assert.Single(call.Session.Events, happened => happened.Kind == SessionEventKind.TextReceived);
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(1_300)]
    public async Task Tool_has_its_own_wait_before_the_filler(int afterMs)
    {
        var tool = new StagedTool("book", new ToolPolicy { Filler = new ToolFiller { After = TimeSpan.FromMilliseconds(afterMs) } });
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        var gap = Say(call, 1_000);
        call.Do(call.Session.CallToolAsync("book"));
        Assert.InRange(FirstAudible(call, gap), afterMs - 50, afterMs + 50);
    }

    [Fact]
    public async Task Bookkeeping_that_nobody_waits_for_makes_no_sound()
    {
        var tool = new StagedTool("note", NonBlocking with { Scheduling = ToolScheduling.Silent });
        await using var call = New("gemini-3.8-live", tool);
        call.Start();
        call.CallerSays(1_000);
        call.Do(call.Session.CallToolAsync("note"));
        var gap = Say(call, 1_000);
        call.Run(10_000);
        Assert.DoesNotContain(true, call.Line.Audible.Skip(gap));
        tool.Complete("noted");
        call.Run(10_000);
        Assert.DoesNotContain(true, call.Line.Audible.Skip(gap));
        Assert.Empty(call.Record.Silences);
    }

    private static VirtualCall New(string model, StagedTool tool, bool hasFiller = true)
    {
        var options = hasFiller ? VirtualCall.NewOptions() : new CallOptions { Filler = "", Prompts = { ["en"] = ["prompts/moment.en.wav", "prompts/moment2.en.wav"] } };
        return new VirtualCall(options: options, liveOptions: new LiveOptions { Model = model }, tools: tool.Tool);
    }

    /// <summary>The agent says something, heard to its end when this returns.</summary>
    /// <returns>The first frame after it.</returns>
    private static int Say(VirtualCall call, int ms)
    {
        call.Do(call.Session.SayAsync(Speech.AsMemory(0, ms * 24), "Let me see."));
        call.RunUntil(() => call.Line.Audible[^1], 1_000);
        call.RunUntil(() => !call.Line.Audible[^1], ms + 500);
        return call.Line.Audible.Count - 1;
    }

    /// <summary>Time from a frame to the first one that can be heard, in ms.</summary>
    private static int FirstAudible(VirtualCall call, int from)
    {
        call.RunUntil(() => call.Line.Audible.Skip(from).Contains(true), 5_000);
        return call.Line.Audible.FindIndex(from, audible => audible) * VirtualLine.FrameMs - from * VirtualLine.FrameMs;
    }

    /// <summary>From its first frame on the agent is heard alone, but for the filler's fade in that frame.</summary>
    private static void AssertOnlySpeech(VirtualCall call, int frame)
    {
        const int samples = 24_000 * VirtualLine.FrameMs / 1_000;
        var heard = call.Line.Heard.Skip(frame * samples).ToArray();
        var second = Speech.AsSpan(samples, samples).ToArray();
        var at = -1;
        for (var i = 0; i < 50 && at < 0; i++)
            at = heard.AsSpan(i * samples, samples).SequenceEqual(second) ? i : -1;
        Assert.True(at >= 0, "the second frame of speech was never heard alone");
        Assert.True(heard.AsSpan(at * samples, 20 * samples).SequenceEqual(Speech.AsSpan(samples, 20 * samples)), "something was heard beside the speech");
    }
}
