using VoiceAgent.Records;

namespace VoiceAgent.Tests.Records;

/// <summary>The E-model gives the scores that others publish for the same line.</summary>
public sealed class EModelTests
{
    /// <summary>The figures of goals' row B15: 5 % loss is worth 3.87 with concealment and 2.11 without.</summary>
    [Fact]
    public void Known_lines_get_their_known_scores()
    {
        Assert.Equal(4.41, EModel.MeanOpinion(EModel.Rating(0, 0, EModel.G711ConcealedRobustness)), tolerance: 0.01);
        Assert.Equal(3.87, EModel.MeanOpinion(EModel.Rating(100, 5, EModel.G711ConcealedRobustness)), tolerance: 0.1);
        Assert.Equal(2.11, EModel.MeanOpinion(EModel.Rating(100, 5, EModel.G711SilencedRobustness)), tolerance: 0.1);
        Assert.Equal(1, EModel.MeanOpinion(EModel.Rating(1_000, 50, EModel.G711SilencedRobustness)));
    }
}
