using AudioMeasures.Impairments;
using VoiceAgent.Tests.VirtualCalls.Panel;

namespace Benchmarks.Panel;

/// <summary>How well agent and caller take turns, in scripted conversations.</summary>
internal static class PanelBenchmark
{
    private const int Conversations = 100;

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Conversations", """
        It takes about two minutes. A hundred
        scripted calls on virtual time, one after the other, with the settings as shipped and the simulated service: a greeting, a question, a second one whose long
        answer the caller cuts short, and an answer to that; the caller's level, their pauses and the model's speed differ from call to call. Every figure is taken from
        the audio on the line, in frames of 20 ms, so that the machine and its load change nothing; the terms are those of tau-voice. What the service gave is the
        reference: its words come with a delay of the model's, and it takes half a second of quiet for the end of the caller's words. Made by the bridge is what it did not ask for.
        The same calls then come over G.711 and a network that loses 5 % of the caller's packets and delays them by 0 to 30 ms.
        """, Measure);

    /// <summary>The calls on a perfect network alone; nothing but threads of their own may run beside them.</summary>
    public static IEnumerable<FigureRow> MeasureUndisturbed() => Rows("perfect network", network: null);

    private static List<FigureRow> Measure() => [.. Rows("perfect network", network: null), .. Rows("5 % loss, 30 ms jitter", ConversationPanel.BadNetwork)];

    private static IEnumerable<FigureRow> Rows(string line, Impairment? network)
    {
        var figures = ConversationPanel.RunAsync(Conversations, network).GetAwaiter().GetResult();
        return figures.Rows.Select(row => new FigureRow("B32", row.What, row.Wanted, row.IsMet ? row.Measured : $"{row.Measured}, **missed**", $"{figures.Conversations} calls, {line}"));
    }
}
