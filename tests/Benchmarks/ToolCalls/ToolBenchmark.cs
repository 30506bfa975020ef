using Benchmarks.Media;

namespace Benchmarks.ToolCalls;

/// <summary>What a call of a tool costs beside the tool itself.</summary>
internal static class ToolBenchmark
{
    private static readonly int[] Calls = [1, 50];

    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Tools", """
        It takes about half a minute. Live sessions
        of the service, with a caller's audio going up, talk to the simulated server over sockets; the model calls a tool several times a second in each of them. Times
        are taken by the server before it hands a `toolCall` to its socket and when it has read the `toolResponse`, and inside the tool. A tool with effects is written
        to the ledger before it runs and before its result is sent: a SQLite file that is flushed to the disk each time. The reference is one message of the client,
        from its sending until the server has read it.
        """, () => MeasureAsync().GetAwaiter().GetResult());

    private static async Task<IReadOnlyList<FigureRow>> MeasureAsync()
    {
        var rows = new List<FigureRow>();
        foreach (var calls in Calls)
        {
            await using var lines = await ToolLines.OpenAsync(calls);
            var plain = await lines.MeasureAsync(ToolLines.Lookup);
            var written = await lines.MeasureAsync(ToolLines.Booking);
            var reference = $"one message: {plain.Message}";
            var suffix = calls == 1 ? "1 call" : $"{calls} calls";
            rows.Add(new("", $"toolCall frame to the tool's start, {suffix}", "", $"{plain.Start}", reference));
            rows.Add(new("", $"tool's end to the toolResponse frame, {suffix}", "", $"{plain.Response}", reference));
            rows.Add(new("", $"toolCall frame to the start of a tool with effects, {suffix}", "", $"{written.Start}", reference));
            rows.Add(new("", $"end of a tool with effects to the toolResponse frame, {suffix}", "", $"{written.Response}", reference));
        }
        return rows;
    }
}

/// <summary>Times of one tool's calls.</summary>
internal sealed class ToolTimes
{
    /// <summary>From the <c>toolCall</c> frame to the tool's start.</summary>
    public Samples Start { get; } = new();

    /// <summary>From the tool's end to the <c>toolResponse</c> frame.</summary>
    public Samples Response { get; } = new();

    /// <summary>One message of the client.</summary>
    public Samples Message { get; } = new();
}
