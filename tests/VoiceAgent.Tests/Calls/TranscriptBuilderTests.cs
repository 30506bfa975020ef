using VoiceAgent.Calls;

namespace VoiceAgent.Tests.Calls;

public sealed class TranscriptBuilderTests
{
    private readonly List<TranscriptTurn> _turns = [];

    [Fact]
    public void Fragments_join_as_they_are_and_the_answer_closes_the_question()
    {
        var builder = new TranscriptBuilder(_turns.Add);
        builder.AddCaller(10, " I would");
        builder.AddCaller(20, " like a");
        builder.AddCaller(30, " table.");
        builder.AddAgent(40, "For how");
        builder.AddAgent(50, " many?");
        builder.CompleteAgent(interrupted: false);
        Assert.Equal([new(10, "caller", "I would like a table.", false), new(40, "agent", "For how many?", false)], _turns);
    }

    [Fact]
    public void A_turn_that_was_cut_short_says_so_and_words_that_come_after_open_a_new_one()
    {
        var builder = new TranscriptBuilder(_turns.Add);
        builder.AddAgent(10, "We have three");
        builder.CompleteAgent(interrupted: true);
        builder.AddCaller(20, "Only Friday");
        builder.AddAgent(30, "Friday it is.");
        builder.CompleteAll(interrupted: false);
        Assert.Equal(
            [new(10, "agent", "We have three", true), new(20, "caller", "Only Friday", false), new(30, "agent", "Friday it is.", false)], _turns);
    }

    [Fact]
    public void Empty_turns_leave_no_trace()
    {
        var builder = new TranscriptBuilder(_turns.Add);
        builder.AddAgent(10, " ");
        builder.CompleteAgent(interrupted: false);
        builder.CompleteAgent(interrupted: true);
        builder.CompleteAll(interrupted: true);
        Assert.Empty(_turns);
    }
}
