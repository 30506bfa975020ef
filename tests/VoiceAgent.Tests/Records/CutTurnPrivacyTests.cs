using Tools.Invocation;
using VoiceAgent.Calls;
using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>A33: an agent that is cut in the middle of a card's number leaves two halves, neither of which looks like one.</summary>
public sealed class CutTurnPrivacyTests
{
    private readonly RecordPrivacy _privacy = new(new Redaction(new RedactionOptions()), new RecordOptions());

    [Fact]
    public void Neither_half_of_a_number_is_kept_that_the_whole_turn_may_not_hold()
    {
        var turn = Cut("Your card is 4111 1111", "1111 1111, valid until May.");
        Assert.DoesNotContain("1", turn.Text + turn.Heard + turn.Unheard, StringComparison.Ordinal);
        Assert.EndsWith(", valid until May.", turn.Unheard, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_numbers_stay()
    {
        var turn = Cut("We open at 9", "and close at 17.");
        Assert.Equal(("We open at 9", "and close at 17."), (turn.Heard, turn.Unheard));
    }

    private TranscriptTurn Cut(string heard, string unheard) =>
        new TranscriptTurn(0, "agent", $"{heard} {unheard}", Interrupted: true) { Heard = heard, Unheard = unheard }.Redacted(_privacy);
}
