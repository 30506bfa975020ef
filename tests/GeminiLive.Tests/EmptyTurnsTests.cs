namespace GeminiLive.Tests;

public sealed class EmptyTurnsTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(-65, false)]
    [InlineData(-32_768, false)]
    public void Sound_is_what_somebody_could_hear(int loudest, bool isEmpty)
    {
        var turns = new EmptyTurns();
        turns.Hear(new short[12_000]);
        turns.Hear([0, 1, -1, (short)loudest]);
        Assert.False(turns.EndsInARow(reason: null));
        turns.Hear(new short[12_000]);
        turns.Hear([(short)loudest]);
        Assert.Equal(isEmpty, turns.EndsInARow(reason: null));
    }

    [Fact]
    public void Turn_without_any_audio_is_no_empty_answer()
    {
        var turns = new EmptyTurns();
        for (var i = 0; i < 5; i++)
            Assert.False(turns.EndsInARow(reason: null));
        Assert.False(turns.EndsInARow("RESPONSE_REJECTED"));
        Assert.True(turns.EndsInARow("RESPONSE_REJECTED"));
        Assert.False(turns.EndsInARow("RESPONSE_REJECTED"));
    }
}
