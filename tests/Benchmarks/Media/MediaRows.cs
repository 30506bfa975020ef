namespace Benchmarks.Media;

/// <summary>Turns measured times into rows, and says which goals are missed.</summary>
internal static class MediaRows
{
    private const double OwnShareMs = 20;

    /// <summary>The very first call, with code that has never run.</summary>
    public static FigureRow OfFirst(PhoneLine line) => new("", "first call after the start: INVITE to 100 / to 200", "",
        $"{Clock.Milliseconds(line.Invite.Sent, line.Invite.Trying):0.0} / {Clock.Milliseconds(line.Invite.Sent, line.Invite.Answered):0.0} ms", "");

    public static IEnumerable<FigureRow> Of(AnswerTimes times) =>
    [
        new("B27", "INVITE to 100", "p99 <= 5 ms", Verdict.Of(times.Trying, worstMs: 5), $"handshake alone: {times.Handshake}"),
        new("B27", "INVITE to 200, cold Live session", "Live handshake + <= 20 ms",
            Verdict.Of(times.Answered, times.Handshake.Quantile(0.5) + OwnShareMs, times.Handshake.Quantile(0.99) + OwnShareMs), $"handshake alone: {times.Handshake}"),
        new("B27", "INVITE to 200, less the handshake made before it", "<= 20 ms", Verdict.Of(times.OwnShare, OwnShareMs, OwnShareMs), ""),
    ];

    public static IEnumerable<FigureRow> Of(string scenario, (TurnTimes Measured, ReferenceTimes Reference) figures, double stopWorstMs)
    {
        var (measured, reference) = figures;
        return
        [
            new("B1", $"caller to Live, {scenario}", "p50 <= 5, p99 <= 12 ms", Verdict.Of(measured.Up, 5, 12, reference.Up), $"plain bridge: {reference.Up}"),
            new("B2", $"Live to caller, line idle, {scenario}", "p50 <= 5, p99 <= 25 ms", Verdict.Of(measured.Down, 5, 25, reference.Down), $"plain bridge: {reference.Down}"),
            new("B3", $"B1 + B2 of the same turn, {scenario}", "p50 <= 9, p99 <= 30 ms", Verdict.Of(measured.Both, 9, 30), ""),
            new("B5", $"interrupted to the last model sample, {scenario}", $"p50 <= 15, p99 <= {stopWorstMs} ms",
                Verdict.Of(measured.Stop, 15, stopWorstMs, reference.Down), $"plain bridge: {reference.Down}"),
            new("", $"reference: sends of a plain thread against its schedule, {scenario}", "", "", reference.Lateness.ToString()),
            new("", $"reference: one datagram from thread to thread, {scenario}", "", "", reference.Hop.ToString()),
            new("", $"reference: one WebSocket message to the Live server, {scenario}", "", "", reference.Message.ToString()),
            new("", $"caller packets, first chunks and stops that never arrived, {scenario}", "0", $"{measured.Missing} of {4 * measured.Turns}",
                $"phone's latest packet {measured.PhoneLatenessMs:0.0} ms behind its schedule"),
        ];
    }
}
