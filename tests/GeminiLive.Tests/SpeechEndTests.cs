namespace GeminiLive.Tests;

public sealed class SpeechEndTests
{
    private readonly SpeechEnd _end = new(20);

    [Fact]
    public void Speech_with_its_pauses_ends_once()
    {
        Assert.Equal(0, Hear(200, 3_000) + Hear(200, 5) + Hear(200, 3_000) + Hear(480, 5));
        Assert.Equal(1, Hear(2_000, 5));
        Assert.Equal(0, Hear(2_000, 5));
    }

    [Fact]
    public void Click_and_lasting_noise_are_no_speech()
    {
        Assert.Equal(0, Hear(100, 9_000) + Hear(1_000, 5));
        Assert.Equal(0, Hear(60_000, 3_000));
    }

    private int Hear(int ms, short level)
    {
        var chunk = new short[320];
        for (var i = 0; i < chunk.Length; i++)
            chunk[i] = i % 2 == 0 ? level : (short)-level;
        return Enumerable.Range(0, ms / 20).Count(_ => _end.Passes(chunk));
    }
}
