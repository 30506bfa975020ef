namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Whatever the caller, the model and the service do: one session per call, no lost tool answer, no call left silent or open.</summary>
/// <remarks>A seed that fails is run alone, and told step by step, with <c>CHAOS_SEED</c> in the environment.</remarks>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public void Fifty_random_calls_keep_the_laws() => Check(1, 50);

    [Fact, Trait("Category", "Load")]
    public void A_thousand_random_calls_keep_the_laws() => Check(1_000, 1_000);

    private void Check(int first, int count)
    {
        var alone = Environment.GetEnvironmentVariable("CHAOS_SEED");
        var run = new ChaosRun(alone is null ? Enumerable.Range(first, count) : [int.Parse(alone, System.Globalization.CultureInfo.InvariantCulture)]);
        run.Run();
        output.WriteLine(string.Join(", ", run.Ends.Select(end => $"{end.Key} {end.Value}")));
        if (alone is not null)
            output.WriteLine(run.Story);
        Assert.True(run.Broken.Count == 0, string.Join('\n', run.Broken));
    }
}
