using System.Globalization;

namespace VoiceAgent.Tests.VirtualCalls.Chaos;

/// <summary>Whatever the caller, the model and the service do: one session per call, no lost tool answer, no call left silent or open.</summary>
/// <remarks>
/// <c>CHAOS_SEED</c> in the environment runs other calls: <c>17</c> one call alone, which is told step by step, <c>5000-9999</c> a range. Threads
/// run as they like, so that one seed is one schedule, yet not always the same call.
/// </remarks>
[Collection(nameof(VirtualTimeCollection))]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public void Fifty_random_calls_keep_the_laws() => Check(1, 50);

    [Fact, Trait("Category", "Load")]
    public void Four_hundred_random_calls_keep_the_laws() => Check(1_000, 1_399);

    private void Check(int first, int last)
    {
        var asked = Environment.GetEnvironmentVariable("CHAOS_SEED")?.Split('-').Select(seed => int.Parse(seed, CultureInfo.InvariantCulture)).ToArray();
        (first, last) = asked is null ? (first, last) : (asked[0], asked[^1]);
        var run = new ChaosRun(Enumerable.Range(first, last - first + 1));
        run.Run();
        output.WriteLine(string.Join(", ", run.Ends.Select(end => $"{end.Key} {end.Value}")));
        if (first == last)
            output.WriteLine(run.Story);
        Assert.True(run.Broken.Count == 0, string.Join('\n', run.Broken));
    }
}
