using Support;
using Tools;
using VoiceAgent.Tests.VirtualCalls;

namespace VoiceAgent.Tests.ToolCalls;

/// <summary>What a caller has to agree to runs only after the agent has been heard to ask, and the caller after that.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ToolConfirmTests
{
    private static readonly short[] Words = Tone.Sine(24_000, 500, 24_000 * 3, 6_000);

    private readonly StagedTool _tool = new("cancel_order", new ToolPolicy { Confirm = true });

    [Fact]
    public async Task What_the_agent_was_saying_when_it_called_asks_nothing()
    {
        await using var call = new VirtualCall(tools: _tool.Tool);
        call.Start();
        call.Do(call.Session.SayAsync(Words, "I cancel your order."));   // 3 s that come within 0.3 s
        call.Run(600);
        Ask(call);
        call.CallerSays(400);   // "uhm", while that is still heard
        call.Run(300);
        Ask(call);
        call.Run(4_000);
        call.CallerSays(600);
        call.Run(300);
        Ask(call);
        Assert.Equal(0, _tool.Started);

        call.Do(call.Session.SayAsync(Words, "Shall I cancel it?"));
        call.Run(4_000);
        call.CallerSays(600);
        call.Run(300);
        Ask(call);
        Assert.Equal(1, _tool.Started);
    }

    [Fact]
    public async Task Question_that_was_never_heard_because_the_caller_cut_in_is_no_question()
    {
        await using var call = new VirtualCall(tools: _tool.Tool);
        call.Start();
        call.Do(call.Session.SayAsync(Words, "I cancel your order."));
        call.Run(600);
        Ask(call);
        call.Do(call.Session.SayAsync(Words, "Shall I cancel it?"));   // waits behind the first sentence
        call.Run(400);
        call.CallerSays(400);
        call.Do(call.Session.InterruptAsync());
        call.Run(1_000);
        call.CallerSays(600);
        call.Run(300);
        Ask(call);
        Assert.Equal(0, _tool.Started);
    }

    [Fact]
    public async Task Model_that_calls_again_before_the_caller_has_answered_need_not_ask_again()
    {
        await using var call = new VirtualCall(tools: _tool.Tool);
        call.Start();
        Ask(call);
        call.Do(call.Session.SayAsync(Words, "Shall I cancel it?"));
        call.Run(600);
        Ask(call);
        call.Run(4_000);
        call.CallerSays(600);
        call.Run(300);
        Assert.Equal(0, _tool.Started);
        Ask(call);
        Assert.Equal(1, _tool.Started);
    }

    private static void Ask(VirtualCall call)
    {
        call.Do(call.Session.CallToolAsync("cancel_order"));
        call.Run(100);
    }
}
