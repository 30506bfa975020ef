namespace EndToEnd.Tests.Browser;

/// <summary>The samples that the page's player gives to the loudspeaker, in a real browser's audio engine.</summary>
[Trait("Category", "Peer"), Collection(nameof(AloneCollection))]
public sealed class PlayerWorkletTests(Chromium chromium)
{
    private const int RateHz = 24_000;
    private const int FadeSamples = RateHz * 4 / 1_000;
    private const double Level = 0.5;

    // At full level from its begin to its end: 0.2 s, then much more that is cleared half way, then 0.2 s again. The engine stands still a while before each step, so that messages come in.
    private const string Play = """
        async () => {
          const rate = 24000;
          const context = new OfflineAudioContext(1, rate, rate);
          await context.audioWorklet.addModule('player.worklet.js');
          const node = new AudioWorkletNode(context, 'player', { numberOfInputs: 0, numberOfOutputs: 1, outputChannelCount: [1], processorOptions: { channels: 1 } });
          node.connect(context.destination);
          const rest = () => new Promise(done => setTimeout(done, 300));
          const play = seconds => { const pcm = new Int16Array(rate * seconds).fill(16384); node.port.postMessage(pcm.buffer, [pcm.buffer]); };
          const acts = new Map([[1, () => play(.2)], [4, () => play(2)], [6, () => node.port.postMessage('clear')], [7, () => play(.2)]]);
          for (let step = 1; step < 10; step++)
            context.suspend(step / 10).then(async () => { acts.get(step)?.(); await rest(); await context.resume(); });
          return [...(await context.startRendering()).getChannelData(0)];
        }
        """;

    [Fact]
    public async Task Sound_begins_ends_runs_dry_and_is_cut_off_by_a_fade_of_4_ms()
    {
        await using var agent = await AgentUnderTest.StartAsync(null, ConsoleVisitor.Users);
        await using var opened = await ConsolePage.OpenAsync(chromium, agent, user: null);
        var heard = await opened.Page.EvaluateAsync<double[]>(Play);

        var steps = heard.Zip(heard.Skip(1), (former, next) => next - former).ToArray();
        Assert.InRange(steps.Max(Math.Abs), 0, 1.01 * Level / FadeSamples);   // no click anywhere
        Assert.Equal(Level, heard.Max(), 1e-6);
        foreach (var isRise in (bool[])[true, false])
        {
            var fades = Runs(steps, step => isRise ? step > 1e-9 : step < -1e-9);
            Assert.Equal(3, fades.Count);
            Assert.All(fades, length => Assert.InRange(length, FadeSamples - 2, FadeSamples));
        }
        Assert.InRange(heard.Count(sample => sample > Level - 1e-6), RateHz * 0.5, RateHz * 0.62);   // 0.2 s, 0.2 s until it was cut, 0.2 s
        opened.HasNoFaults();
    }

    private static List<int> Runs(double[] steps, Func<double, bool> belongs)
    {
        var runs = new List<int>();
        for (var at = 0; at < steps.Length; at++)
        {
            if (!belongs(steps[at]))
                continue;
            if (at == 0 || !belongs(steps[at - 1]))
                runs.Add(0);
            runs[^1]++;
        }
        return runs;
    }
}
