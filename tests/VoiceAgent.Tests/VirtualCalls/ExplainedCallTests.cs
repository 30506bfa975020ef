using Support;
using VoiceAgent.Calls;
using VoiceAgent.Records;
using VoiceAgent.Tests.ToolCalls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>Whole calls that went wrong in one way each, and what an operator is told of them.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ExplainedCallTests
{
    private static readonly short[] Speech = Tone.Sine(24_000, 500, 24_000, 6_000);

    [Fact]
    public async Task Slow_model()
    {
        await using var call = Ask();
        call.Run(4_000);
        call.Do(call.Session.SayAsync(Speech, "Yes."));
        call.Run(2_000);
        AssertSaid(End(call), "The caller hung up.", "The caller waited for the agent once, 4.", "s for the model.", "the model had not begun to answer; meanwhile a soft sound was played, then words of comfort were played.",
            "The agent answered the caller once, after 4.");
    }

    [Fact]
    public async Task Slow_tool()
    {
        var tool = new StagedTool("book", new Tools.ToolPolicy());
        await using var call = Ask(tool.Tool);
        call.Run(100);
        call.Do(call.Session.CallToolAsync("book"));
        call.Run(3_000);
        tool.Complete("done");
        call.Run(200);
        call.Do(call.Session.SayAsync(Speech, "Booked."));
        call.Run(2_000);
        AssertSaid(End(call), "s for a tool.", "for the tool book, which took 3.0 s", "the model called the tool book: Succeeded after 3.0 s.");
    }

    [Fact]
    public async Task Lost_connection()
    {
        await using var call = Ask();
        call.Live.Faults.RefuseWithStatus = 503;
        call.Do(call.Session.AbortAsync());
        call.Run(1_500);
        call.Live.Faults.RefuseWithStatus = null;
        call.RunUntil(() => call.Live.Sessions.Count == 2, 8_000);
        call.Run(100);
        call.Do(call.Session.SayAsync(Speech, "Back."));
        call.Run(2_000);
        AssertSaid(End(call), "s for a new Live connection.", "the Live connection was lost (no close frame", "and back after ");
    }

    [Fact]
    public async Task Caller_who_gives_up_waiting()
    {
        await using var call = Ask();
        call.Run(6_000);
        AssertSaid(End(call), "The caller hung up.", "When the call ended the caller had heard nothing of the agent since 0:02", "the model had not begun to answer; meanwhile a soft sound was played",
            "The agent was never heard: the model gave no audio.");
    }

    [Fact]
    public async Task Model_that_never_answers()
    {
        await using var call = Ask();
        call.RunUntil(() => call.State == CallState.Ended, 40_000);
        AssertSaid(CallExplanation.Of(call.Record), "The model gave no answer for so long that the caller heard the apology and the call was given up.",
            "When the call ended the caller had heard nothing of the agent since 0:0", "then the apology was played.");
    }

    private static VirtualCall Ask(params IReadOnlyList<Tools.Tool> tools)
    {
        var call = new VirtualCall(tools: tools);
        call.Start();
        call.CallerSays(1_000);
        return call;
    }

    private static IReadOnlyList<string> End(VirtualCall call)
    {
        call.Line.HangUp();
        call.Run(100);
        return CallExplanation.Of(call.Record);
    }

    private static void AssertSaid(IReadOnlyList<string> lines, params string[] parts)
    {
        var text = string.Join('\n', lines);
        Assert.All(parts, part => Assert.True(text.Contains(part, StringComparison.Ordinal), $"'{part}' is not in:\n{text}"));
    }
}
