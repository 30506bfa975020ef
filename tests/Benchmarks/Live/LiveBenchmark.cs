namespace Benchmarks.Live;

/// <summary>The Live session without telephony: what its messages and its time cost, how it changes connections, and how it survives their loss.</summary>
internal static class LiveBenchmark
{
    /// <summary>Its part of the page.</summary>
    public static BenchmarkSection Section { get; } = new("Live session", """
        It takes under three minutes. A session of the
        client library talks to the simulated server; its caller sends a numbered frame every 20 ms, so that loss and order are exact, and plays out what comes. The
        reference for messages is what a program without our reader and writer does (strings and `JsonSerializer`), for a session a bare `ClientWebSocket` that sends
        the same bytes and throws away what comes (the server is another process then, so that only the client's work counts), and for a change of connection the
        handshake of such a bare socket.
        """, Run);

    private static IReadOnlyList<FigureRow> Run() =>
    [
        .. MessageCost.Measure(),
        .. SessionCost.MeasureAsync().GetAwaiter().GetResult(),
        .. Rotations.MeasureAsync().GetAwaiter().GetResult(),
        .. Losses.MeasureAsync().GetAwaiter().GetResult(),
        .. Fallbacks.MeasureAsync().GetAwaiter().GetResult(),
    ];
}
