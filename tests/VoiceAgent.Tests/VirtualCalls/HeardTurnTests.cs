using Support;
using VoiceAgent.Calls;

namespace VoiceAgent.Tests.VirtualCalls;

/// <summary>The record tells what the caller heard, not what the model said (goal B10: within one frame).</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class HeardTurnTests
{
    private const string Words = "one two three four five six seven eight nine ten";

    private static readonly short[] Speech = Tone.Sine(24_000, 500, 24_000 * 5, 6_000);

    [Theory]
    [InlineData(500)]
    [InlineData(1_740)]
    [InlineData(4_000)]
    public async Task Turn_that_is_cut_is_split_where_the_caller_stopped_hearing_it(int heardMs)
    {
        await using var call = new VirtualCall();
        call.Start();
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Speech, Words));
        call.RunUntil(() => call.Line.Audible.Skip(frame).Count(audible => audible) * VirtualLine.FrameMs >= heardMs, 6_000);
        call.Do(call.Session.InterruptAsync());
        call.Run(1_000);
        var wire = call.Line.Heard.Skip(frame * 480).ToList();
        var wireMs = (wire.FindLastIndex(sample => sample != 0) - wire.FindIndex(sample => sample != 0)) / 24;
        call.Line.HangUp();
        call.Run(100);

        var turn = Assert.Single(call.Record.Transcript, turn => turn.Speaker == "agent");
        Assert.InRange(turn.AudioPlayedMs!.Value - wireMs, -20, 20);
        Assert.True(turn.Interrupted);
        Assert.True(turn.IsEstimated);
        Assert.StartsWith(turn.Heard!, turn.Text, StringComparison.Ordinal);
        Assert.Equal(turn.Text, $"{turn.Heard} {turn.Unheard}".Trim());
        Assert.Equal(1, call.Record.Interruptions);
    }

    [Fact]
    public async Task Turn_that_was_heard_to_its_end_is_whole()
    {
        await using var call = new VirtualCall();
        call.Start();
        call.Do(call.Session.SayAsync(Speech, Words));
        call.Run(6_000);
        call.Line.HangUp();
        call.Run(100);

        var turn = Assert.Single(call.Record.Transcript);
        Assert.Equal((Words, null, null, false), (turn.Text, turn.Heard, turn.Unheard, turn.Interrupted));
        Assert.Equal((5_000, 5_000), (turn.AudioReceivedMs, turn.AudioPlayedMs));
        Assert.Empty(call.Record.Silences);
    }

    [Fact]
    public async Task Caller_who_hangs_up_in_mid_sentence_has_heard_up_to_there()
    {
        await using var call = new VirtualCall();
        call.Start();
        var frame = call.Line.Audible.Count;
        call.Do(call.Session.SayAsync(Speech, Words));
        call.RunUntil(() => call.Line.Audible.Skip(frame).Count(audible => audible) == 100, 6_000);
        call.Line.HangUp();
        call.Run(100);

        var turn = Assert.Single(call.Record.Transcript);
        Assert.InRange(turn.AudioPlayedMs!.Value, 1_980, 2_020);
        Assert.Equal(EndReason.CallerHungUp, call.Record.EndReason);
    }
}
