namespace VoiceAgent.Tests.VirtualCalls.Panel;

/// <summary>Goal B32, short form: every turn is answered, every interruption yielded to, and the bridge adds neither stops nor silence. The long form is the benchmark <c>panel</c>.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ConversationPanelTests(ITestOutputHelper output)
{
    private const int Conversations = 12;

    // The simulated service takes half a second of quiet for the caller's end; words and prompts begin and end softly.
    private const int ServiceAndSoftEdgesMs = 500 + 300;

    [Fact]
    public async Task B32_Every_turn_is_answered_and_every_interruption_is_yielded_to()
    {
        var figures = await ConversationPanel.RunAsync(Conversations);
        foreach (var row in figures.Rows)
            output.WriteLine($"| {row.What} | {row.Wanted} | {row.Measured} |");
        Assert.Equal((3 * Conversations, Conversations), (figures.Turns, figures.Interruptions));
        Assert.All(figures.Rows, row => Assert.True(row.IsMet, $"{row.What}: {row.Measured}"));
        Assert.InRange(figures.AnswerMs.Max(), 0, ServiceAndSoftEdgesMs);
        Assert.InRange(figures.YieldMs.Max(), 0, 200);
    }
}
