namespace VoiceAgent.Tests.VirtualCalls.Panel;

/// <summary>Goal B32, short form: every turn is answered, every interruption yielded to, and the bridge adds neither stops nor silence. The long form is the benchmark <c>panel</c>.</summary>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ConversationPanelTests(ITestOutputHelper output)
{
    // The simulated service takes half a second of quiet for the caller's end; words and prompts begin and end softly.
    private const int ServiceAndSoftEdgesMs = 500 + 300;

    // The jitter, what is waited for it, and what stands in for a lost word's end.
    private const int NetworkMs = 100;

    [Theory]
    [InlineData(12, false)]
    [InlineData(6, true)]
    public async Task B32_Every_turn_is_answered_and_every_interruption_is_yielded_to(int conversations, bool isBad)
    {
        var figures = await ConversationPanel.RunAsync(conversations, isBad ? ConversationPanel.BadNetwork : null);
        // test.sh prints these lines.
        foreach (var row in figures.Rows)
            output.WriteLine($"B32 | {(isBad ? "5 % loss, 30 ms jitter" : "perfect network")} | {row.What} | {row.Wanted} | {row.Measured}");
        Assert.Equal((3 * conversations, conversations), (figures.Turns, figures.Interruptions));
        Assert.All(figures.Rows, row => Assert.True(row.IsMet, $"{row.What}: {row.Measured}"));
        Assert.InRange(figures.AnswerMs.Max(), 0, ServiceAndSoftEdgesMs + (isBad ? NetworkMs : 0));
        Assert.InRange(figures.YieldMs.Max(), 0, isBad ? 300 : 200);
    }
}
